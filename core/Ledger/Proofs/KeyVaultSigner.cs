using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Signs with an EC P-256 key in Azure Key Vault (ES256); the private key never leaves it. Needs the rights <c>keys/get</c> and
/// <c>keys/sign</c> only.
/// </summary>
/// <param name="client">Adds nothing of its own to the requests.</param>
/// <param name="token">An Entra token for <c>https://vault.azure.net/.default</c>.</param>
/// <param name="key">Identifier of the key; without a version, the one that is current at the first use stays in use until the next
/// start.</param>
public sealed partial class KeyVaultSigner(HttpClient client, Func<CancellationToken, ValueTask<string>> token, string key)
    : ICheckpointSigner, IDisposable
{
    private const string ApiVersion = "api-version=7.4";
    private const int CoordinateSize = 32;

    private readonly SemaphoreSlim turn = new(1, 1);
    private Key? known;

    private sealed record Key(string Identifier, byte[] PublicKey);

    /// <summary>Https, except towards this machine, as for an emulator.</summary>
    public static bool IsKeyIdentifier(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && KeyPath().IsMatch(uri.AbsolutePath) && uri.Query.Length == 0;

    public async ValueTask<ReadOnlyMemory<byte>> PublicKeyAsync(CancellationToken cancellationToken) =>
        (await KeyAsync(cancellationToken)).PublicKey;

    public async ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var current = await KeyAsync(cancellationToken);
        var digest = SHA256.HashData(message.Span);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{current.Identifier}/sign?{ApiVersion}")
        {
            Content = JsonContent.Create(
                new Dictionary<string, string> { ["alg"] = "ES256", ["value"] = Base64Url.EncodeToString(digest) }),
        };
        var result = await SendAsync(request, cancellationToken);
        return Der(Field(result, "value"));
    }

    public void Dispose() => turn.Dispose();

    private async ValueTask<Key> KeyAsync(CancellationToken cancellationToken)
    {
        if (known is not null)
            return known;
        await turn.WaitAsync(cancellationToken);
        try
        {
            return known ??= await FetchAsync(cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<Key> FetchAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{key.TrimEnd('/')}?{ApiVersion}");
        var result = await SendAsync(request, cancellationToken);
        if (!result.TryGetProperty("key", out var jwk) || Text(jwk, "kty") is not ("EC" or "EC-HSM") || Text(jwk, "crv") != "P-256")
            throw new SigningKeyException($"Key Vault's {key} is not an EC key on the curve P-256.");
        var identifier = Text(jwk, "kid");
        if (identifier is null || !IsKeyIdentifier(identifier))
            throw new SigningKeyException($"Key Vault did not say which key {key} is.");
        try
        {
            using var ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new() { X = Coordinate(Field(jwk, "x")), Y = Coordinate(Field(jwk, "y")) },
            });
            return new(identifier, ecdsa.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException invalid)
        {
            throw new SigningKeyException($"Key Vault's {key} has no valid public key.", invalid);
        }
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellationToken));
            using var response = await client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
                : throw new SigningKeyException(
                    $"Key Vault answered {(int)response.StatusCode} for {key}{await ReasonAsync(response, cancellationToken)}",
                    mayPass: true);
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or TaskCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            throw new SigningKeyException($"Key Vault cannot be reached for {key}: {failure.Message}", mayPass: true, failure);
        }
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return body.TryGetProperty("error", out var error) && Text(error, "code") is { Length: <= 100 } code ? $" ({code})." : ".";
        }
        catch (Exception unreadable) when (unreadable is JsonException or HttpRequestException or InvalidOperationException)
        {
            return ".";
        }
    }

    /// <summary>r and s side by side, as JOSE has them, to the DER that notes carry.</summary>
    private static byte[] Der(byte[] signature) => signature.Length == 2 * CoordinateSize
        ? EcdsaSignatures.ToDer(signature)
        : throw new SigningKeyException($"Key Vault gave a signature of {signature.Length} bytes; ES256 has {2 * CoordinateSize}.");

    private static byte[] Coordinate(byte[] value) => value.Length <= CoordinateSize
        ? [.. new byte[CoordinateSize - value.Length], .. value]
        : throw new SigningKeyException("Key Vault gave a public key that is too long.");

    private byte[] Field(JsonElement json, string name)
    {
        try
        {
            return Base64Url.DecodeFromChars(Text(json, name) ?? "");
        }
        catch (FormatException)
        {
            throw new SigningKeyException($"Key Vault's answer for {key} has no readable '{name}'.");
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    [GeneratedRegex(
        @"^/keys/[0-9a-zA-Z-]{1,127}(/[0-9a-zA-Z]{1,64})?/?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyPath();
}
