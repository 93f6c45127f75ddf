using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// <c>/healthz</c>: the process answers. <c>/readyz</c>: every tenant's ledger can be read and, as far as the last append tells, written;
/// <c>behind</c> says how many entries are yet to be reacted to. In local mode it also says what became of the events
/// (elsewhere the meter <c>DevOpsAI.Incidents</c> does).
/// </summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", () => Results.Json(new { status = "healthy" }));
        endpoints.MapGet("/readyz", async (
            ITenantDirectory tenants, TenantStates states, IStoreHealth ledger, LedgerFollowing following, CheckpointStatus signing, ILocalMode mode,
            CancellationToken cancellationToken) =>
        {
            try
            {
                List<TenantState> all = [];
                foreach (var tenant in tenants.All)
                    all.Add(await states.GetAsync(tenant.Id, cancellationToken));
                if (ledger.Unwritable is { } problem)
                    return NotReady(problem);
                return Results.Json(new Readiness(
                    "ready",
                    tenants.All.Count,
                    await following.BehindAsync(cancellationToken),
                    all.Sum(state => state.Watch.Pulses.Values.Count(pulse => pulse.Silent is not null)),
                    tenants.Elsewhere.Count,
                    signing.Problems is { Count: > 0 } problems ? problems : null,
                    mode.IsLocal ? IntakeTotals.Of(all) : null));
            }
            catch (LedgerUnavailableException unavailable)
            {
                return NotReady(unavailable.Message);
            }
        });
    }

    private static IResult NotReady(string reason) =>
        Results.Json(new { status = "not ready", reason }, statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <param name="Behind">Entries that the slowest follower has yet to finish.</param>
    /// <param name="Silent">Connections that used to send and do not; <c>ledger holes</c> names them.</param>
    /// <param name="Elsewhere">Tenants that are configured but kept in another region, and so not served here.</param>
    /// <param name="Checkpoints">What keeps ledgers from being signed or witnessed, by tenant; null when nothing does. Work goes on without.</param>
    private sealed record Readiness(
        string Status, int Tenants, long Behind, int Silent, int Elsewhere, IReadOnlyDictionary<string, string>? Checkpoints, IntakeTotals? Intake);

    /// <summary>Over all tenants: received = shown + folded + digested + waiting.</summary>
    private sealed record IntakeTotals(long Received, long Shown, long Folded, long Digested, long Waiting)
    {
        public static IntakeTotals Of(IReadOnlyList<TenantState> states) => new(
            states.Sum(state => state.Intake.Received),
            states.Sum(state => state.Intake.Shown),
            states.Sum(state => state.Intake.Folded),
            states.Sum(state => state.Intake.Digested),
            states.Sum(state => (long)state.Unattached.Count));
    }
}
