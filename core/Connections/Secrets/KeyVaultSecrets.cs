using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using DevOpsAI.Common;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections.Secrets;

/// <summary>
/// Secrets in one Azure Key Vault: those that the bot keeps, as <c>typed-{tenant}-{id}</c> and by their version, and those that people put
/// there and name. Nothing is asked, and nothing of the SDK made, before one is needed.
/// </summary>
/// <param name="address">Of the vault; null where none is set.</param>
/// <param name="make">Makes the client, once.</param>
internal sealed class KeyVaultSecrets(Uri? address, Func<Uri, SecretClient> make) : ISecretStore
{
    private const string Prefix = "typed-";
    private const string ClientTag = "devops-ai-bot-client";
    private const int IdLength = 32;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly Lazy<SecretClient?> client = new(() => address is null ? null : make(address));

    public KeyVaultSecrets(Uri? address) : this(address, static vault => new(
        vault, new DefaultAzureCredential(),
        new SecretClientOptions
        {
            Transport = new HttpClientTransport(new HttpClient(DirectHttp.Handler()) { Timeout = Timeout }),
            Retry = { MaxRetries = 2, NetworkTimeout = Timeout },
        }))
    {
    }

    public bool IsSet => address is not null;

    /// <summary>The name is one that the bot makes, for whichever client.</summary>
    public static bool IsKeptName(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the vault could have a secret of the name, with or without a version behind a slash.</summary>
    public static bool IsName(string name)
    {
        var parts = name.Split('/');
        return parts.Length <= 2 && parts[0].Length is > 0 and <= 127
            && parts[0].All(static c => char.IsAsciiLetterOrDigit(c) || c == '-')
            && parts.Skip(1).All(static version => version.Length == IdLength && version.All(char.IsAsciiLetterOrDigit));
    }

    public async Task<SecretReference> PutAsync(TenantId tenant, string secret, CancellationToken cancellationToken)
    {
        var kept = new KeyVaultSecret($"{GetPrefix(tenant)}{RandomNumberGenerator.GetHexString(IdLength, lowercase: true)}", secret);
        kept.Properties.ContentType = "DevOps AI Bot: typed by a person";
        kept.Properties.Tags[ClientTag] = tenant.Value;
        try
        {
            var made = await Client().SetSecretAsync(kept, cancellationToken);
            return SecretReference.ForKeyVault($"{made.Value.Name}/{made.Value.Properties.Version}");
        }
        catch (Exception failure) when (IsTrouble(failure, cancellationToken))
        {
            throw new SecretStoreUnavailableException($"The secret cannot be kept: {Explain("set", failure)}", failure);
        }
    }

    public async Task<string?> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        if (reference.VaultName is not { } name)
            return null;
        if (!IsSet)
            throw new SecretUnavailableException(reference, "cannot be read: Secrets:KeyVault, the address of the vault, is not set");
        if (!IsName(name))
            throw new SecretUnavailableException(reference, "has no name that Key Vault could know: letters, digits and hyphens");
        var parts = name.Split('/');
        try
        {
            return (await Client().GetSecretAsync(parts[0], parts.ElementAtOrDefault(1), cancellationToken)).Value.Value;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception failure) when (IsTrouble(failure, cancellationToken))
        {
            throw new SecretUnavailableException(reference, $"cannot be read: {Explain("get", failure)}", failure);
        }
    }

    public bool IsKept(TenantId tenant, SecretReference reference) => reference.VaultName is { } name && GetOwnId(tenant, name) is not null;

    public async Task DeleteAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        if (reference.VaultName?.Split('/')[0] is not { } name)
            return;
        try
        {
            var deleting = await Client().StartDeleteSecretAsync(name, cancellationToken);
            await deleting.WaitForCompletionAsync(cancellationToken);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return;
        }
        catch (Exception failure) when (IsTrouble(failure, cancellationToken))
        {
            throw new SecretStoreUnavailableException($"The secret cannot be removed: {Explain("delete", failure)}", failure);
        }
        await PurgeAsync(name, cancellationToken);
    }

    public async IAsyncEnumerable<KeptSecret> ListAsync(
        TenantId tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!IsSet)
            yield break;
        await using var all = Client().GetPropertiesOfSecretsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await all.MoveNextAsync())
                    yield break;
            }
            catch (Exception failure) when (IsTrouble(failure, cancellationToken))
            {
                throw new SecretStoreUnavailableException($"Secrets cannot be listed: {Explain("list", failure)}", failure);
            }
            if (GetOwnId(tenant, all.Current.Name) is not null && all.Current.CreatedOn is { } at)
                yield return new(SecretReference.ForKeyVault(all.Current.Name), at);
        }
    }

    /// <summary>
    /// Reads and deletes what is not there, which a vault answers with 404 where it may be done, and lists. Nothing is made, since that
    /// would stay for a while.
    /// </summary>
    public async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        var nowhere = SecretReference.ForKeyVault($"{Prefix}{RandomNumberGenerator.GetHexString(IdLength, lowercase: true)}");
        try
        {
            await ReadAsync(nowhere, cancellationToken);
            await DeleteAsync(nowhere, cancellationToken);
            await foreach (var _ in Client().GetPropertiesOfSecretsAsync(cancellationToken).AsPages().WithCancellation(cancellationToken))
                break;
            return null;
        }
        catch (Exception failure) when (failure is SecretUnavailableException or SecretStoreUnavailableException)
        {
            return failure.Message;
        }
        catch (Exception failure) when (IsTrouble(failure, cancellationToken))
        {
            return $"Secrets cannot be listed: {Explain("list", failure)}";
        }
    }

    /// <summary>Where the vault protects what is deleted, it stays there unread until its time is over.</summary>
    private async Task PurgeAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await Client().PurgeDeletedSecretAsync(name, cancellationToken);
        }
        catch (RequestFailedException kept) when (kept.Status is 400 or 403 or 404 or 409)
        {
            // Nobody reads it any more: a deleted secret has no value until it is recovered.
        }
        catch (Exception failure) when (IsTrouble(failure, cancellationToken))
        {
            throw new SecretStoreUnavailableException($"The secret cannot be purged: {Explain("purge", failure)}", failure);
        }
    }

    private SecretClient Client() =>
        client.Value ?? throw new SecretStoreUnavailableException("Secrets:KeyVault, the address of the vault, is not set.");

    private static string GetPrefix(TenantId tenant) => $"{Prefix}{tenant.Value}-";

    /// <summary>What stands behind the prefix of the tenant's, without a version; null where it is another's or a person's.</summary>
    private static string? GetOwnId(TenantId tenant, string name)
    {
        var own = name.Split('/')[0];
        return own.StartsWith(GetPrefix(tenant), StringComparison.Ordinal) && own[GetPrefix(tenant).Length..] is { Length: IdLength } id
            && id.All(char.IsAsciiHexDigitLower)
                ? id
                : null;
    }

    private static bool IsTrouble(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        RequestFailedException or AuthenticationFailedException or HttpRequestException or AggregateException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    private string Explain(string right, Exception failure) => failure switch
    {
        RequestFailedException { Status: 401 or 403 } =>
            $"Key Vault does not let this bot use {address!.Host}. Grant its identity secrets/{right} (role Key Vault Secrets Officer).",
        AuthenticationFailedException => $"Entra gave no token for Key Vault: {failure.Message.Split('\n')[0]}",
        RequestFailedException { Status: > 0 and var status } => $"Key Vault at {address!.Host} answered {status}.",
        _ => $"Key Vault cannot be reached at {address!.Host}.",
    };
}
