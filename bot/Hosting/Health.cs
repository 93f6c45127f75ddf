using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Hosting;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: every tenant's ledger can be read and, as far as the last append tells, written.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", () => Results.Json(new { status = "healthy" }));
        endpoints.MapGet("/readyz", async (ITenantDirectory tenants, TenantStates states, SqliteLedger ledger, CancellationToken cancellationToken) =>
        {
            try
            {
                foreach (var tenant in tenants.All)
                    await states.GetAsync(tenant.Id, cancellationToken);
                if (ledger.Unwritable is { } problem)
                    return NotReady(problem);
                return Results.Json(new { status = "ready", tenants = tenants.All.Count });
            }
            catch (LedgerUnavailableException unavailable)
            {
                return NotReady(unavailable.Message);
            }
        });
    }

    private static IResult NotReady(string reason) =>
        Results.Json(new { status = "not ready", reason }, statusCode: StatusCodes.Status503ServiceUnavailable);
}
