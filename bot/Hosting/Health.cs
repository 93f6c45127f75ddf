using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Hosting;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can read every tenant's ledger, so it may be sent traffic.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", () => Results.Json(new { status = "healthy" }));
        endpoints.MapGet("/readyz", async (ITenantDirectory tenants, TenantStates states, CancellationToken cancellationToken) =>
        {
            try
            {
                foreach (var tenant in tenants.All)
                    await states.GetAsync(tenant.Id, cancellationToken);
                return Results.Json(new { status = "ready", tenants = tenants.All.Count });
            }
            catch (LedgerUnavailableException unavailable)
            {
                return Results.Json(new { status = "not ready", reason = unavailable.Message }, statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        });
    }
}
