using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// Customer-managed RSA keys in Azure Key Vault (or Managed HSM): they wrap and unwrap by RSA-OAEP-256 and never leave it. The version that
/// wrapped is remembered, so that a new version may be made at any time. Protocol: https://learn.microsoft.com/rest/api/keyvault/keys
/// </summary>
/// <param name="token">A bearer token for the vault's audience, as in <c>https://vault.azure.net/.default</c>.</param>
public sealed class KeyVaultWrapper(HttpClient http, KeysOptions options, Func<string, CancellationToken, ValueTask<string>> token)
    : IKeyWrapper
{
    private const string Algorithm = "RSA-OAEP-256";
    private const string ApiVersion = "7.4";

    public async ValueTask<WrappedKey> WrapAsync(
        TenantId tenant, ReadOnlyMemory<byte> key, bool mayCreate, CancellationToken cancellationToken)
    {
        var (kid, value) = await SendAsync(tenant, GetKey(tenant), "wrapkey", key, cancellationToken);
        return new(kid, Algorithm, value);
    }

    public async ValueTask<byte[]> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken cancellationToken)
    {
        // The stored address is data: only the vault that configuration names gets our token.
        if (!Uri.TryCreate(wrapped.Kek, UriKind.Absolute, out var kek) || kek.Host != GetKey(tenant).Host
            || kek.Scheme != GetKey(tenant).Scheme || kek.Port != GetKey(tenant).Port)
            throw new LedgerUnavailableException(
                $"The data key of {tenant} was wrapped under {wrapped.Kek}, but Storage:Keys names the vault {GetKey(tenant).Host}. Set "
                + $"it back; nothing was changed.");
        return (await SendAsync(tenant, kek, "unwrapkey", wrapped.Value, cancellationToken)).Value;
    }

    /// <summary>
    /// A new version is made in the vault, by its owner or by its rotation policy; from then on it is what wraps. Several at once do no
    /// harm.
    /// </summary>
    public ValueTask<IKeyRotation> BeginRotationAsync(TenantId tenant, CancellationToken cancellationToken) =>
        new(new Rotation(this, tenant));

    private Uri GetKey(TenantId tenant)
    {
        var own = options.Tenants.GetValueOrDefault(tenant.Value);
        var keyVault = own?.VaultUri ?? options.VaultUri
            ?? throw new LedgerUnavailableException("Storage:Keys:Provider is KeyVault, but Storage:Keys:VaultUri is not set.");
        return new(keyVault, "keys/" + (own?.KeyName ?? options.KeyName).Replace("{tenant}", tenant.Value, StringComparison.Ordinal));
    }

    private async Task<(string Kid, byte[] Value)> SendAsync(
        TenantId tenant, Uri key, string verb, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{key.AbsoluteUri}/{verb}?api-version={ApiVersion}");
        request.Content =
            JsonContent.Create(new KeyRequest(Algorithm, Base64Url.EncodeToString(value.Span)), KeyVaultJson.Default.KeyRequest);
        try
        {
            request.Headers.Authorization = new("Bearer", await token(GetAudience(key), cancellationToken));
            using var response = await http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw new KeyUnavailableException(tenant, Explain(tenant, key, response.StatusCode));
            return await response.Content.ReadFromJsonAsync(KeyVaultJson.Default.KeyResponse, cancellationToken)
                is { Kid: { } kid, Value: { } answered }
                ? (kid, Base64Url.DecodeFromChars(answered))
                : throw new KeyUnavailableException(tenant,
                    $"Key Vault answered nothing for the key of {tenant} ({key}); it is tried again.");
        }
        catch (Exception failure) when (failure is HttpRequestException or System.Text.Json.JsonException or FormatException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new KeyUnavailableException(
                tenant, $"Key Vault cannot be reached for the key of {tenant} ({key}): {failure.Message}", failure);
        }
    }

    /// <summary>The vault's own audience, in whichever cloud: its host without the first label.</summary>
    private static string GetAudience(Uri key) => $"https://{key.Host[(key.Host.IndexOf('.', StringComparison.Ordinal) + 1)..]}/.default";

    private static string Explain(TenantId tenant, Uri key, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            $"Key Vault does not let this bot use {key} ({(int)status}), or the key is disabled. If the customer has revoked it, what is "
            + $"encrypted for {tenant} cannot be read until it is given back; 'ledger verify' works without it. Otherwise grant wrapKey "
            + "and unwrapKey.",
        HttpStatusCode.NotFound =>
            $"There is no key {key} in Key Vault. If it was deleted, it can be recovered until its soft-delete period ends; after that "
            + $"what is encrypted for {tenant} is lost, and 'ledger verify' still works.",
        _ => $"Key Vault answered {(int)status} for the key of {tenant} ({key}); it is tried again.",
    };

    private sealed class Rotation(KeyVaultWrapper keyVault, TenantId tenant) : IKeyRotation
    {
        public ValueTask<WrappedKey> WrapAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) =>
            keyVault.WrapAsync(tenant, key, mayCreate: false, cancellationToken);

        public ValueTask<bool> EndAsync(WrappedKey stored, CancellationToken cancellationToken) => new(false);

        public void Dispose()
        {
            // The vault keeps all versions, so there is no turn to give back.
        }
    }
}

internal sealed record KeyRequest([property: JsonPropertyName("alg")] string Alg, [property: JsonPropertyName("value")] string Value);

internal sealed record KeyResponse([property: JsonPropertyName("kid")] string Kid, [property: JsonPropertyName("value")] string Value);

[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(KeyResponse))]
internal sealed partial class KeyVaultJson : JsonSerializerContext;
