using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>Why there is no draft by a model.</summary>
[JsonConverter(typeof(CamelCaseEnum<ModelFailure>))]
public enum ModelFailure
{
    /// <summary>No answer within the time that a draft may take.</summary>
    Timeout,

    /// <summary>The service has too much to do (429), or too many of our own calls are under way.</summary>
    Busy,

    /// <summary>The service cannot be reached, fails, or failed so often that it is left alone for a while.</summary>
    Unavailable,

    /// <summary>The service says no: key, deployment or request. Asking again changes nothing.</summary>
    Refused,

    /// <summary>The service's content filter stopped question or answer.</summary>
    Filtered,

    /// <summary>It answered, and twice nothing that could be used.</summary>
    Unusable,

    /// <summary>The tenant's budget of the day is used up; nothing was asked.</summary>
    Budget,
}
