using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Entra;

/// <summary>How an application proves itself to Entra.</summary>
internal enum EntraProof { Secret, Certificate, ManagedIdentity, WorkloadIdentity }

/// <summary>An application and the client's directory that it signs in to, as the settings of a connection name them.</summary>
/// <param name="DirectoryId">The client's Entra tenant; a token is good for this one alone.</param>
/// <param name="Cloud">Where Entra is in the directory's cloud.</param>
/// <param name="Authority">Where Entra is for this connection.</param>
/// <param name="Scope">What tokens are for, as in <c>https://graph.microsoft.com/.default</c>.</param>
internal sealed record EntraApplication(
    string DirectoryId, string ClientId, EntraProof Proof, SecretReference? Secret, string? IdentityId, Uri Cloud, Uri Authority,
    string Scope)
{
    public const string Directory = "DirectoryId";
    public const string Application = "ClientId";
    public const string ClientSecret = "ClientSecret";
    public const string Certificate = "Certificate";
    public const string Identity = "Identity";
    public const string IdentityClient = "IdentityClientId";
    public const string CloudName = "Cloud";
    public const string AuthorityName = "Authority";

    /// <summary>The word for the cloud that most directories are in.</summary>
    public const string UsualCloud = "global";

    private static readonly string[] Proofs = [ClientSecret, Certificate, Identity];

    /// <summary>Where Entra is, by the word that the setting <c>Cloud</c> takes.</summary>
    /// <remarks>https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud</remarks>
    public static IReadOnlyDictionary<string, string> Clouds { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [UsualCloud] = "https://login.microsoftonline.com/",
        ["us-government"] = "https://login.microsoftonline.us/",
        ["us-dod"] = "https://login.microsoftonline.us/",
        ["china"] = "https://login.chinacloudapi.cn/",
    };

    /// <summary>The settings that say so, for forms.</summary>
    public static IReadOnlyList<SettingDescription> Settings { get; } =
    [
        new(Directory, "directory (tenant) id of the client in Entra", true, false, "84841066-274d-4ec0-a5c1-276be684bdd3", []),
        new(Application, "application (client) id of the app registration", true, false, "6e7b768e-07e2-4810-8459-485f84f8f204", []),
        new(ClientSecret, "value of the application's client secret", false, true, "env:CONTOSO_GRAPH", []),
        new(Certificate, "in place of a secret: the application's certificate with its private key, as PEM", false, true,
            "file:/run/secrets/contoso-graph.pem", []),
        new(Identity, "in place of a secret: the identity that the application trusts (federated credential)", false, false,
            "managed", ["managed", "workload"]) { OnlyInSettings = true },
        new(IdentityClient, "client id of a user-assigned managed identity", false, false,
            "2b5ed229-4072-478d-9504-a047ebd4b07d", []) { OnlyInSettings = true },
        new(CloudName, "which of Microsoft's clouds the directory is in", false, false, UsualCloud, [.. Clouds.Keys]),
        new(AuthorityName, "address of Entra in place of the cloud's", false, false, Clouds[UsualCloud], []) { OnlyInSettings = true },
    ];

    /// <summary>Tells one set of credentials from another without holding them.</summary>
    /// <param name="secret">As it was read; null where there is none.</param>
    public string Digest(string? secret) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', DirectoryId, ClientId, Proof, IdentityId, Authority, Scope, secret))));

    /// <summary>What the settings of a connection say that <see cref="Problems"/> finds nothing wrong with.</summary>
    /// <param name="scope">What tokens are for.</param>
    public static EntraApplication For(Connection connection, string scope)
    {
        var cloud = new Uri(Clouds[Text(connection, CloudName) ?? UsualCloud]);
        var proof = Text(connection, Identity) switch
        {
            "managed" => EntraProof.ManagedIdentity,
            "workload" => EntraProof.WorkloadIdentity,
            _ => Text(connection, Certificate) is null ? EntraProof.Secret : EntraProof.Certificate,
        };
        return new(
            Text(connection, Directory)!.ToLowerInvariant(),
            Text(connection, Application)!.ToLowerInvariant(),
            proof,
            InboundCredentials.Secret(connection, proof == EntraProof.Certificate ? Certificate : ClientSecret),
            Text(connection, IdentityClient),
            cloud,
            Text(connection, AuthorityName) is { } authority ? new(authority) : cloud,
            scope);
    }

    /// <summary>One sentence for each mistake, beginning with the setting's name; secrets are not read.</summary>
    public static IEnumerable<string> Problems(Connection connection)
    {
        if (!Guid.TryParseExact(Text(connection, Directory), "D", out _))
            yield return $"{Directory}: missing or no GUID; the directory (tenant) id of the client, as Entra's overview shows it.";
        if (!Guid.TryParseExact(Text(connection, Application), "D", out _))
            yield return $"{Application}: missing or no GUID; the application (client) id of the app registration.";
        if (Text(connection, CloudName) is { } cloud && !Clouds.ContainsKey(cloud))
            yield return $"{CloudName}: '{cloud}' is none of {string.Join(", ", Clouds.Keys)}.";
        var given = Proofs.Where(name => Text(connection, name) is not null).ToList();
        if (given.Count != 1)
        {
            yield return $"{ClientSecret}: the application proves itself in exactly one way: set one of {string.Join(", ", Proofs)}"
                + $"{(given.Count == 0 ? "." : $", not {string.Join(" and ", given)}.")}";
        }
        if (Text(connection, Identity) is { } identity && identity is not ("managed" or "workload"))
            yield return $"{Identity}: must be managed or workload.";
        if (Text(connection, IdentityClient) is { } client && !Guid.TryParseExact(client, "D", out _))
            yield return $"{IdentityClient}: no GUID; the client id of the user-assigned managed identity.";
        if (Text(connection, AuthorityName) is { } authority && VendorAddress.Find(authority) is null)
            yield return $"{AuthorityName}: the address must be https (http on loopback only), without user and query.";
    }

    /// <summary>The setting's text; null when it is absent or empty.</summary>
    public static string? Text(Connection connection, string name) =>
        connection.Settings.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;
}
