using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>
/// Whether every client has an administrator, by the settings and by what the ledger says of roles. The bot starts with one for any client;
/// a client without one has nobody who could give a role.
/// </summary>
internal sealed class AdministratorsCheck(
    Lazy<ITenantDirectory> tenants, Lazy<Administrators> administrators, Lazy<ILocalMode> mode, Lazy<IOptions<AccessOptions>> options,
    LedgerToLookAt ledger) : ISetupCheck
{
    public string Name => "administrators";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (tenants.Value.All.Count == 0)
            return SetupFinding.Missing("There is no client here. Set Tenants:{id}:Name, as in Tenants:contoso:Name, to the first one's "
                + "name.");
        if (mode.Value.IsLocal)
            return SetupFinding.Skipped("Without Teams:AppId everybody at this machine is somebody.");
        try
        {
            return await LookAsync(await ledger.OpenAsync(cancellationToken), cancellationToken);
        }
        catch (LedgerUnavailableException)
        {
            return SetupFinding.Skipped("The ledger cannot be read now, and it may name them.");
        }
    }

    private async Task<IReadOnlyList<SetupFinding>> LookAsync(ILedgerArchive? archive, CancellationToken cancellationToken)
    {
        List<string> without = [];
        foreach (var tenant in tenants.Value.All)
        {
            if (!await administrators.Value.HasOneAsync(tenant.Id, archive, cancellationToken))
                without.Add(tenant.Id.Value);
        }
        if (without.Count == 0)
            return SetupFinding.Ok("Every client has an administrator.");
        return options.Value.Value.FirstAdministratorCode
            ? SetupFinding.Ok($"Nobody is administrator of {string.Join(", ", without)} yet; the start prints a code for the first one.")
            : SetupFinding.Missing($"Nobody is administrator of {string.Join(", ", without)}. Set "
                + $"Access:Roles:{without[0]}:administrator:0, or Access:Roles:*:administrator:0 for every client, to the Entra object id "
                + "of the first one, which Entra shows on the user's page; or set Access:FirstAdministratorCode=true, and the start "
                + "prints a code that makes whoever sends it the first one.");
    }
}
