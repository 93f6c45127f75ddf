namespace DevOpsAI.Incidents;

/// <summary>
/// Tells which part of a device an alert is about, as in one of its services or volumes. Alerts about different parts are different
/// incidents: a plan that starts one service must not close the alert of another.
/// </summary>
public interface IAlertParts
{
    /// <summary>
    /// The same for every spelling of the part, in lower case; null when the alert is about the device as a whole, or names none.
    /// </summary>
    string? GetPart(string kind, string? device, IReadOnlyDictionary<string, string> attributes);

    /// <summary>
    /// As <see cref="GetPart"/>, from the alert's text where nothing else tells it: a service, a volume, or what stands in quotes. Null
    /// when it names none.
    /// </summary>
    string? GetPartInText(string device, string text);

    /// <summary>Whether it is known what to do about such an alert, so that it will have a plan to decide about.</summary>
    bool HasPlan(string kind, IReadOnlyDictionary<string, string> attributes);
}

/// <summary>Where nobody knows of parts.</summary>
internal sealed class WholeDevices : IAlertParts
{
    public string? GetPart(string kind, string? device, IReadOnlyDictionary<string, string> attributes) => null;

    public string? GetPartInText(string device, string text) => null;

    public bool HasPlan(string kind, IReadOnlyDictionary<string, string> attributes) => false;
}
