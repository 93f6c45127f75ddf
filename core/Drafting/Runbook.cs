using DevOpsAI.Connections;
using DevOpsAI.Proposals;

namespace DevOpsAI.Drafting;

/// <summary>What to do about events of some kinds, as a file says it. Format: docs/runbooks.md.</summary>
/// <param name="Origin">The file it came from, for messages.</param>
/// <param name="IsBuiltIn">Came with the bot rather than from the operator's folder.</param>
/// <param name="Needs">Conditions without which nothing can be done at all; they become preconditions of every step.</param>
internal sealed record Runbook(
    string Name,
    int Version,
    string Title,
    Risk Risk,
    TargetRule Target,
    MatchRule Match,
    IReadOnlyList<ParameterRule> Parameters,
    IReadOnlyList<ConditionTemplate> Needs,
    IReadOnlyList<StepRule> Steps,
    Template Summary,
    Template Analysis,
    string Origin,
    bool IsBuiltIn)
{
    /// <summary>What limits the time in which the plan is worth anything; null when nothing does.</summary>
    public TimeLimit? Until { get; init; }

    /// <summary>As recommendations name it: <c>runbook disk-space v3</c>.</summary>
    public string Drafter => $"runbook {Name} v{Version}";
}

/// <summary>Time runs out in the world, as on a battery.</summary>
/// <param name="Minutes">The observation that says how many minutes are left.</param>
/// <param name="Margin">Minutes that the plan itself needs.</param>
internal sealed record TimeLimit(string Minutes, int Margin)
{
    /// <summary>How long somebody may take to decide; half of what is left where the margin would leave less.</summary>
    public TimeSpan For(decimal minutesLeft) =>
        TimeSpan.FromMinutes((double)Math.Clamp(Math.Max(minutesLeft - Margin, minutesLeft / 2), 1, MaxMinutes));

    private const int MaxMinutes = 7 * 24 * 60;
}

/// <summary>What a runbook acts on.</summary>
/// <param name="Kind">As in <c>device</c>, <c>user</c>, <c>mailbox</c>, <c>site</c>.</param>
/// <param name="From">Attributes that name it, the first one present wins; before the event's own device.</param>
internal sealed record TargetRule(string Kind, IReadOnlyList<string> From);

/// <summary>Which alerts a runbook is for: by exact name, or by words that must all be there.</summary>
/// <param name="Names">Exact names; spelling differences do not count (<see cref="AlertName"/>).</param>
/// <param name="Ambiguous">Exact names that applications use as well: they count only when the alert says otherwise that the host is meant,
/// or names what is to be treated.</param>
/// <param name="Words">Each is a set of words that must all be in the name.</param>
/// <param name="Not">Words that must not be in the name; they do not apply to <paramref name="Names"/>.</param>
/// <param name="Also">Words that may be in the name beside those of a rule, as in the kind of a certificate; others rule a built-in runbook
/// out.</param>
/// <param name="Alone">The words mean something that only a host has, so that no word for the host is needed.</param>
/// <param name="Reach">The alert says that something does not answer; the label <c>job</c> says what, and only a device's is meant.</param>
internal sealed record MatchRule(
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Ambiguous,
    IReadOnlyList<IReadOnlyList<string>> Words,
    IReadOnlyList<string> Not,
    IReadOnlyList<string> Also,
    bool Alone,
    bool Reach);

/// <summary>How the text of an attribute becomes the name that observations use.</summary>
internal enum ParameterForm
{
    /// <summary>As it is, without blanks around it.</summary>
    Text,

    /// <summary>
    /// <c>C:\</c> and <c>C:</c> are <c>C</c>; <c>/data</c> is <c>data</c>, <c>/var/log</c> is <c>var-log</c>, <c>/</c> is <c>root</c>.
    /// </summary>
    Volume,

    /// <summary>Without the ending <c>.service</c>.</summary>
    Service,

    /// <summary><c>/dev/md0</c> is <c>md0</c>.</summary>
    Array,

    /// <summary>The host of an address such as <c>https://portal.contoso.com:443/</c>.</summary>
    Host,
}

/// <summary>
/// An attribute of an event. <paramref name="Loose"/>: it may as well mean something else, so a value that does not fit, or that is the
/// target itself, is passed over.
/// </summary>
internal sealed record AttributeRule(string Name, bool Loose);

/// <summary>A value that a plan needs: named by the events, singled out by what is observed, or a default.</summary>
/// <param name="Pattern">The whole value must match it.</param>
/// <param name="Seen">The observation that exists for every possible value, as in <c>service.{service}.state</c>; null when it is not
/// observed.</param>
/// <param name="Choose">What singles out the one value when the events name none; empty when it must be named.</param>
internal sealed record ParameterRule(
    string Name,
    string Title,
    IReadOnlyList<AttributeRule> From,
    ParameterForm Form,
    WholeMatch Pattern,
    string? Default,
    Template? Seen,
    IReadOnlyList<ConditionTemplate> Choose);

/// <summary>One action of the plan.</summary>
/// <param name="Optional">Left out when its preconditions do not hold, instead of making the whole plan pointless.</param>
internal sealed record StepRule(
    Template Title,
    string Action,
    IReadOnlyDictionary<string, Template> Arguments,
    IReadOnlyList<string> Editable,
    IReadOnlyList<ConditionTemplate> Preconditions,
    IReadOnlyList<ConditionTemplate> Verifications,
    bool Optional,
    int Line);
