using System.Collections.Immutable;
using System.IO.Enumeration;
using DevOpsAI.Connections;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>What a tenant's gates ask for: data, read from YAML by <see cref="GatePolicyReader"/>.</summary>
/// <param name="Version">As in <c>operations@0c1d2e3f4a5b</c>: changes when the meaning of the file may have, not with its
/// comments.</param>
public sealed record GatePolicy(
    string Version,
    GateDefaults Defaults,
    ChainLimit Chain,
    ImmutableArray<MaintenanceWindow> Maintenance,
    ImmutableArray<GateRule> Rules)
{
    /// <summary>Who may act at once and alone, and what is owed for it; null for nobody, which is the default.</summary>
    public BreakGlass? BreakGlass { get; init; }

    /// <summary>When nothing is approved or executed at all.</summary>
    public ImmutableArray<PlannedFreeze> Freezes { get; init; } = [];

    /// <summary>What bounds a plan and its attempts, whatever it does.</summary>
    public PlanLimits Limits { get; init; } = new(25, 3);

    /// <summary>How often actions may be called; of those that fit the first counts.</summary>
    public ImmutableArray<CallQuota> Quotas { get; init; } = [];

    /// <summary>A plan that is not the one that was shown freezes the tenant.</summary>
    public bool FreezeOnBrokenSeal { get; init; } = true;

    /// <summary>Which changes that no decision allows freeze the tenant.</summary>
    public FreezeOnOutOfBand FreezeOnOutOfBand { get; init; } = FreezeOnOutOfBand.OurCredentials;

    public CallQuota GetQuota(string action) => Quotas.FirstOrDefault(quota => quota.Fits(action)) ?? CallQuota.Default;

    /// <summary>What is planned to freeze the tenant at this instant; null for nothing. Of several the one that lasts longest.</summary>
    public PlannedFreeze? FreezeAt(DateTimeOffset at) =>
        Freezes.Where(freeze => freeze.During.Contains(at)).MaxBy(freeze => freeze.During.Ends);

    /// <summary>What is planned to freeze the tenant now, as a sentence; null for nothing.</summary>
    public string? GetFreezeReason(DateTimeOffset now) => FreezeAt(now) is { } freeze
        ? $"This client is frozen as planned until {GateMessages.Utc(freeze.During.Ends)}: {GateMessages.Stop(freeze.Name)}"
        : null;
}

/// <summary>The process areas that rules speak of; <see cref="ProposalAreas.GateAreas"/> has those that areas register as well.</summary>
public static class GateArea
{
    public const string Operations = "operations";
    public const string Undo = "undo";

    public static readonly ImmutableArray<string> BuiltIn = [Operations, Undo];
}

/// <summary>What holds where a rule says nothing of its own.</summary>
/// <param name="CriticalExpiry">Instead of <paramref name="Expiry"/> for critical incidents.</param>
/// <param name="EscalateTo">Null: nobody is told more.</param>
public sealed record GateDefaults(
    Role Approver, int Approvals, bool NotTheRequester, TimeSpan Expiry, TimeSpan CriticalExpiry, TimeSpan EscalateAfter, Role? EscalateTo)
{
    /// <summary>The role that somebody needs at least to decide in the name of a person who is absent.</summary>
    public DelegateTo Delegate { get; init; } = DelegateTo.Technician;

    /// <summary>From this severity a new card mentions those who may decide, so that Teams tells them; null: nobody is mentioned.</summary>
    public Severity? MentionFrom { get; init; }

    /// <summary>Whether somebody of these roles may decide in the name of others.</summary>
    public bool MayDecideFor(IReadOnlySet<Role> roles) => Delegate switch
    {
        DelegateTo.Technician => roles.Any(EffectiveRoles.IsDelegable),
        DelegateTo.Approver => roles.Contains(Role.Approver) || roles.Contains(Role.Administrator),
        DelegateTo.Administrator => roles.Contains(Role.Administrator),
        _ => false,
    };
}

/// <summary>To whom a person who is absent may leave decisions.</summary>
public enum DelegateTo { Nobody, Technician, Approver, Administrator }

/// <summary>
/// How much weight may run without approval within a sliding window; see <see cref="GateLevels.GetWeight(ActionSpec?)"/>.
/// </summary>
public sealed record ChainLimit(TimeSpan Window, int Weight);

/// <summary>
/// Which changes at a vendor that no decision allows freeze the tenant. People work at vendors' consoles every day, so theirs only open an
/// incident; what is done with the bot's own credentials and is not on its record is somebody else's hand, or a record that lost entries.
/// </summary>
public enum FreezeOnOutOfBand { Never, OurCredentials, Always }

/// <summary>What bounds a plan and its attempts.</summary>
/// <param name="Steps">A longer plan is for people only.</param>
/// <param name="Redrafts">So often is an incident drafted again by itself because the world had changed; after that it asks a
/// person.</param>
public sealed record PlanLimits(int Steps, int Redrafts);

/// <summary>While it lasts nothing runs by itself.</summary>
/// <param name="When">Every week; null for a window that is there once.</param>
/// <param name="During">Once; null for a window of every week.</param>
public sealed record MaintenanceWindow(string Name, TimeWindow? When, Period? During = null)
{
    public bool Contains(DateTimeOffset at) => When?.Contains(at) ?? During?.Contains(at) ?? false;
}

/// <summary>While it lasts nothing is approved or executed, as at the end of a year.</summary>
public sealed record PlannedFreeze(string Name, Period During);

/// <summary>Fits a step when everything it names fits; what it does not name fits everything.</summary>
/// <param name="Actions">Names with <c>*</c> for any characters.</param>
public sealed record GateRule(
    string Name,
    string? Area,
    ImmutableArray<string> Actions,
    ImmutableArray<Severity> Severities,
    ImmutableArray<BlastRadius> BlastRadii,
    TimeWindow? When,
    GateLevel Level,
    Role? Approver,
    int? Approvals,
    bool? NotTheRequester,
    TimeSpan? Expiry,
    TimeSpan? EscalateAfter,
    Role? EscalateTo)
{
    public bool Fits(string area, string action, BlastRadius blastRadius, Severity severity, DateTimeOffset now) =>
        (Area is null || Area == area)
        && (Severities.IsEmpty || Severities.Contains(severity))
        && (BlastRadii.IsEmpty || BlastRadii.Contains(blastRadius))
        && (Actions.IsEmpty || Actions.Any(pattern => Glob.Matches(pattern, action)))
        && (When is null || When.Contains(now));

    /// <summary>
    /// Whether it speaks of everything that is so severe, also where there is no plan: deadlines and escalation go by severity then.
    /// </summary>
    public bool FitsWithoutPlan(string area, Severity severity, DateTimeOffset now) =>
        (Area is null || Area == area)
        && !Severities.IsEmpty && Severities.Contains(severity)
        && BlastRadii.IsEmpty
        && (Actions.IsEmpty || Actions.Contains("*"))
        && (When is null || When.Contains(now));

    /// <summary>Whether it speaks of what an area records as its own effect: it names the area and nothing of what plans have.</summary>
    public bool FitsEffect(string area, Severity severity, DateTimeOffset now) =>
        Area == area
        && (Severities.IsEmpty || Severities.Contains(severity))
        && BlastRadii.IsEmpty
        && (Actions.IsEmpty || Actions.Contains("*"))
        && (When is null || When.Contains(now));

    /// <summary>Whether it speaks of this action, rather than of all of them.</summary>
    public bool Names(string action) =>
        Actions.Any(pattern => Glob.Matches(pattern, action) && pattern.Any(static letter => letter != '*'));
}

/// <summary>Names with <c>*</c> for any characters.</summary>
internal static class Glob
{
    public static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
