using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Gates;

/// <summary>The bot refuses to start, because nobody could ever give anybody a role: the message says which setting mends it.</summary>
public sealed class NoAdministratorException(string message) : Exception(message);

/// <summary>
/// Only an administrator gives roles, so a bot without one can be administered by nobody and everything it is sent waits for nobody. Looks
/// before anything else starts, at the settings and at the ledger. In local mode everybody is somebody.
/// </summary>
internal sealed class SomebodyAdministers(
    ILocalMode mode, ITenantDirectory tenants, TenantStates states, Administrators administrators, IOptions<AccessOptions> options,
    AdministratorCode code, ILogger<SomebodyAdministers> logger)
    : IHostedLifecycleService
{
    /// <exception cref="NoAdministratorException">No client has an administrator.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (mode.IsLocal || tenants.All.Count == 0)
            return;
        if (!options.Value.FirstAdministratorCode)
            await VoidCodeAsync(cancellationToken);
        List<Tenant> without = [];
        foreach (var tenant in tenants.All)
        {
            if (!await IsAdministeredAsync(tenant, cancellationToken))
                without.Add(tenant);
        }
        if (without.Count > 0 && options.Value.FirstAdministratorCode)
        {
            // Made once the bot listens: a start that fails must not leave one that nobody was shown.
            code.IsNeeded = true;
        }
        else if (without.Count == tenants.All.Count)
        {
            throw new NoAdministratorException(
                "Nobody is administrator of any client, neither by the settings nor by the ledger, so nobody could use the bot or give "
                + "anybody a role. "
                + $"Set Access:Roles:{tenants.All[0].Id}:administrator:0, or Access:Roles:*:administrator:0 for every client, to the "
                + $"Entra object id of the first one, which Entra "
                + $"shows on the user's page; they give every other role in Teams, as in: assign approver {tenants.All[0].Id} @person. "
                + "Or set Access:FirstAdministratorCode=true: the bot then prints a code that makes whoever sends it the first one.");
        }
        if (without.Count > 0)
            logger.NotAdministered(string.Join(", ", without.Select(static tenant => tenant.Id)), without[0].Id);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whoever takes the setting away takes the code away with it. That it cannot be done now lets nobody in.</summary>
    private async Task VoidCodeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await code.VoidAsync(cancellationToken);
        }
        catch (LedgerUnavailableException)
        {
            // An instance without the setting takes no code, and this one is without it.
        }
    }

    /// <summary>What cannot be read now may hold one: the bot is not kept from starting for that.</summary>
    private async Task<bool> IsAdministeredAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        try
        {
            return await states.FindAsync(tenant.Id, cancellationToken) is not { } state || administrators.HasOne(state);
        }
        catch (LedgerUnavailableException)
        {
            return true;
        }
    }
}
