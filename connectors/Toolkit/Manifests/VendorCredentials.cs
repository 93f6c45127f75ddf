using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevOpsAI.Common;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>What the settings of a connection give to templates, its secrets among them, and where its vendor is.</summary>
internal sealed class VendorCredentials(Manifest manifest, ISecretSource secrets)
{
    /// <summary>A setting of every connection: an address in place of the manifest's.</summary>
    public const string AddressSetting = "Address";

    private static readonly JsonDocument Nothing = JsonDocument.Parse("null");

    /// <summary>What templates may use of a connection.</summary>
    public static Dictionary<string, string> Given(Manifest manifest, Connection connection)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in manifest.Settings.Where(static setting => !setting.IsSecret))
        {
            if (connection.Settings.GetValueOrDefault(setting.Name)?.Trim() is { Length: > 0 } value)
                given[$"setting.{setting.Name}"] = setting.Values.GetValueOrDefault(value, value);
        }
        return given;
    }

    /// <summary>Where the vendor's interface is; null when the settings do not give an address that may be called.</summary>
    public Uri? Address(Connection connection)
    {
        var text = connection.Settings.GetValueOrDefault(AddressSetting) is { Length: > 0 } own
            ? own
            : manifest.Address.Text(new(Nothing.RootElement, Given(manifest, connection)));
        return VendorAddress.Find(text);
    }

    /// <summary>With its secrets, for templates of <c>authentication</c> alone.</summary>
    /// <exception cref="SecretUnavailableException">One of them cannot be read.</exception>
    public Dictionary<string, string> WithSecrets(Connection connection)
    {
        var given = Given(manifest, connection);
        foreach (var setting in manifest.Settings.Where(static setting => setting.IsSecret))
        {
            if (InboundCredentials.Secret(connection, setting.Name) is { } reference)
                given[$"secret.{setting.Name}"] = secrets.Read(reference);
        }
        return given;
    }

    /// <summary>The secret in a setting; null when there is none.</summary>
    /// <exception cref="SecretUnavailableException">It cannot be read.</exception>
    public string? Secret(Connection connection, string setting) =>
        InboundCredentials.Secret(connection, setting) is { } reference ? secrets.Read(reference) : null;

    /// <summary>Tells one set of settings and secrets from another without holding it.</summary>
    public string Tag(Connection connection) => Digest(connection, WithSecrets(connection));

    /// <summary>
    /// Whom the vendor takes the connection for, whichever client it is for: one credential often serves all clients of a provider.
    /// </summary>
    /// <exception cref="SecretUnavailableException">One of its secrets cannot be read.</exception>
    public string Caller(Connection connection) => manifest.Budget is null
        ? ""
        : Digest(connection, WithSecrets(connection).Where(one => manifest.Authentication.Tells(one.Key)));

    private string Digest(Connection connection, IEnumerable<KeyValuePair<string, string>> given)
    {
        var all = given.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key}\0{one.Value}");
        return Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{manifest.Name}\0{Address(connection)}\0{string.Join('\0', all)}")));
    }
}
