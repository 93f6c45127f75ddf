using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// <c>/healthz</c>: the process answers. <c>/readyz</c>: every tenant's ledger can be read and, as far as the last append tells, written,
/// but for those whose key is <c>keyUnavailable</c>; 503 names those whose record is <c>damaged</c>, although the others are served, which
/// is why <c>/readyz/traffic</c>, by which a load balancer decides, is 200 then;
/// <c>behind</c> says how many entries are yet to be reacted to. In local mode it also says what became of the events
/// (elsewhere the meter <c>DevOpsAI.Incidents</c> does). Teams has to reach the bot from outside, and so can anybody: which clients are
/// concerned, and by what, is told to this machine alone.
/// </summary>
internal static class Health
{
    /// <summary>For people and what wakes them.</summary>
    private const string Ready = "/readyz";

    /// <summary>For load balancers: whether requests are well kept here.</summary>
    private const string Traffic = "/readyz/traffic";

    /// <summary>A store that takes calls and stays silent is told about before whoever asks gives up.</summary>
    private static readonly TimeSpan MaxLook = TimeSpan.FromSeconds(5);

    /// <summary>A card that was not posted for so long is not merely waiting for its turn.</summary>
    private static readonly TimeSpan MaxPosting = TimeSpan.FromMinutes(5);

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", () => Results.Json(new { status = "healthy" }));
        endpoints.MapReadiness(Ready);
        endpoints.MapReadiness(Traffic);
    }

    public static bool IsProbe(PathString path) =>
        path.Equals("/healthz", StringComparison.OrdinalIgnoreCase) || path.Equals(Ready, StringComparison.OrdinalIgnoreCase)
        || path.Equals(Traffic, StringComparison.OrdinalIgnoreCase);

    private static void MapReadiness(this IEndpointRouteBuilder endpoints, string path) =>
        endpoints.MapGet(path, async (
            ITenantDirectory tenants, TenantStates states, IKeyRing keys, Quarantine quarantine, ClockWatch watch, IStoreHealth ledger,
            LedgerSubscriptions following, CheckpointStatus signing, IKillSwitch killSwitch, SecretRotations rotations, ILocalMode mode,
            HttpContext http, TimeProvider clock, CancellationToken cancellationToken) =>
        {
            using var late = new CancellationTokenSource(MaxLook, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            try
            {
                // Side by side: where the store is a service, each is a request.
                var found = await Task.WhenAll(tenants.All.Select(tenant => states.FindAsync(tenant.Id, either.Token).AsTask()));
                List<TenantState> all = [.. found.OfType<TenantState>()];
                if ((watch.Problem ?? ledger.Unwritable) is { } problem)
                    return NotReady(http, problem);
                var damaged = quarantine.Held.ToDictionary(static one => one.Key.Value, static one => one.Value);
                if (damaged.Count > 0 && path != Traffic)
                    return Damaged(http, damaged);
                return Results.Json(new Readiness(
                    "ready",
                    tenants.All.Count,
                    await following.BehindAsync(either.Token),
                    all.Sum(state => state.Watch.Pulses.Values.Count(pulse => pulse.Silent is not null)),
                    tenants.InOtherRegions.Count)
                {
                    Damaged = Told(http, damaged),
                    Checkpoints = Told(http, signing.Problems),
                    KeyUnavailable = Told(http, keys.Unavailable.ToDictionary(static one => one.Tenant.Value, static one => one.Reason)),
                    Unseen = Told(http, Unseen(all, clock.GetUtcNow())),
                    KillSwitch = Told(http, killSwitch.On.ToDictionary(static one => one.Key.Value, static one => one.Value)),
                    Rotate = Told(
                        http, rotations.Due(clock.GetUtcNow()).ToDictionary(static one => one.Secret.Setting, static one => one.Warning)),
                    Intake = mode.IsLocal ? IntakeTotals.From(all) : null,
                });
            }
            catch (LedgerUnavailableException unavailable)
            {
                return NotReady(http, unavailable.Message);
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested)
            {
                return NotReady(http, $"The ledger does not answer within {MaxLook.TotalSeconds:0} s.");
            }
        });

    /// <summary>What is wrong with single tenants: whose and why for this machine, how many for others; null when nothing is.</summary>
    internal static IReadOnlyDictionary<string, string>? Told(HttpContext http, IReadOnlyDictionary<string, string> problems)
    {
        if (problems.Count == 0)
            return null;
        return IsThisMachine(http) ? problems : new Dictionary<string, string> { ["*"] = $"{problems.Count} in all; the log says which" };
    }

    /// <summary>
    /// Tenants with open incidents that no conversation shows: there is none, or Teams has not taken the card of any for a while.
    /// </summary>
    internal static Dictionary<string, string> Unseen(IEnumerable<TenantState> states, DateTimeOffset now)
    {
        var unseen = new Dictionary<string, string>();
        foreach (var state in states)
        {
            var open = state.Incidents.Values.Where(static incident => incident.IsOpen);
            var count = state.Channels.IsEmpty
                ? open.Count()
                : open.Count(incident => now - incident.CameUpAt > MaxPosting && !IsShown(state, incident));
            if (count > 0)
            {
                var what = $"{(count == 1 ? "1 open incident is" : $"{count} open incidents are")} shown in no conversation";
                unseen[state.Tenant.Value] = state.Channels.IsEmpty
                    ? $"{what}: say 'link {state.Tenant.Value}' to the bot in one."
                    : $"{what}: Teams does not take the cards, and the log says why. Say 'link {state.Tenant.Value}' to the bot in "
                        + $"another one.";
            }
        }
        return unseen;
    }

    /// <summary>A conversation has its card or got it in a list, or none is to have it yet.</summary>
    private static bool IsShown(TenantState state, Incident incident) =>
        incident.Cards.Values.Any(card => card.ActivityId is not null && state.Channels.ContainsKey(card.ConversationId))
        || state.Channels.Values.All(link => state.IsOnList(incident, link) || !(incident.Escalated || state.ShowsEverything(link)));

    private static IResult NotReady(HttpContext http, string reason) => Results.Json(
        new { status = "not ready", reason = IsThisMachine(http) ? reason : "The ledger cannot be read or written; the log says why." },
        statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary>The other clients are served all the same; somebody has to come.</summary>
    private static IResult Damaged(HttpContext http, Dictionary<string, string> damaged) => Results.Json(
        new
        {
            status = "not ready",
            reason = damaged.Count == 1
                ? "The record of one client is damaged; the others are served."
                : $"The records of {damaged.Count} clients are damaged; the others are served.",
            damaged = Told(http, damaged),
        },
        statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary>A proxy on this machine hands on what others ask.</summary>
    private static bool IsThisMachine(HttpContext http) =>
        Loopback.IsPeer(http.Connection.RemoteIpAddress) && !Loopback.IsHandedOn(http.Request.Headers);

    /// <param name="Behind">Entries that the slowest subscription has yet to finish.</param>
    /// <param name="Silent">Connections that used to send and do not; <c>ledger gaps</c> names them.</param>
    /// <param name="Elsewhere">Tenants that are configured but kept in another region, and so not served here.</param>
    private sealed record Readiness(string Status, int Tenants, long Behind, int Silent, int Elsewhere)
    {
        /// <summary>What <see cref="Told"/> makes of tenants whose record is damaged. The others are served.</summary>
        public IReadOnlyDictionary<string, string>? Damaged { get; init; }

        /// <summary>The same of what keeps ledgers from being signed or witnessed. Work goes on without.</summary>
        public IReadOnlyDictionary<string, string>? Checkpoints { get; init; }

        /// <summary>The same of tenants that are not served because the vault does not give their key. The others are.</summary>
        public IReadOnlyDictionary<string, string>? KeyUnavailable { get; init; }

        /// <summary>The same of tenants whose open incidents no conversation shows.</summary>
        public IReadOnlyDictionary<string, string>? Unseen { get; init; }

        /// <summary>The same of tenants for which nothing is drafted, posted or executed.</summary>
        public IReadOnlyDictionary<string, string>? KillSwitch { get; init; }

        /// <summary>The same of secrets that are to be replaced soon or are overdue, by setting.</summary>
        public IReadOnlyDictionary<string, string>? Rotate { get; init; }

        public IntakeTotals? Intake { get; init; }
    }

    /// <summary>Over all tenants: received = shown + folded + digested + waiting.</summary>
    private sealed record IntakeTotals(long Received, long Shown, long Folded, long Digested, long Waiting)
    {
        public static IntakeTotals From(IReadOnlyList<TenantState> states) => new(
            states.Sum(state => state.Intake.Received),
            states.Sum(state => state.Intake.Shown),
            states.Sum(state => state.Intake.Folded),
            states.Sum(state => state.Intake.Digested),
            states.Sum(state => (long)state.Unattached.Count));
    }
}
