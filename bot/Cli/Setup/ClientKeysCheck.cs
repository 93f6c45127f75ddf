using System.Security.Cryptography;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Has each client's key in Key Vault wrap random bytes and unwrap them again. They are kept nowhere.</summary>
internal sealed class ClientKeysCheck(IOptions<KeysOptions> options, Lazy<IKeyWrapper> keys, Lazy<ITenantDirectory> tenants) : ISetupCheck
{
    public string Name => "client-keys";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Provider != KeyProvider.KeyVault)
            return SetupFinding.Skipped("Storage:Keys:Provider is not KeyVault: files hold the keys, and the first start makes them.");
        var problems = await Task.WhenAll(tenants.Value.All.Select(tenant => FindProblemAsync(tenant.Id, cancellationToken)));
        return SetupFinding.From(problems.OfType<string>(), "Key Vault wraps and unwraps under the key of every client.");
    }

    private async Task<string?> FindProblemAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            var data = RandomNumberGenerator.GetBytes(32);
            var wrapped = await keys.Value.WrapAsync(tenant, data, mayCreate: false, cancellationToken);
            var unwrapped = await keys.Value.UnwrapAsync(tenant, wrapped, cancellationToken);
            return data.AsSpan().SequenceEqual(unwrapped)
                ? null
                : $"{wrapped.Kek} does not unwrap what it wrapped, so it would lose what is encrypted for {tenant}. Name another key.";
        }
        catch (LedgerUnavailableException refused)
        {
            return $"{tenant}: {refused.Message}";
        }
    }
}
