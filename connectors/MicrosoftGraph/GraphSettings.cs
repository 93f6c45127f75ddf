using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>Where one of Microsoft's clouds signs applications in and answers them.</summary>
/// <param name="Authority">Of Entra, as in <c>https://login.microsoftonline.com/</c>.</param>
/// <param name="Service">Of Graph without a version, as in <c>https://graph.microsoft.com</c>; the audience of tokens.</param>
/// <remarks>https://learn.microsoft.com/graph/deployments</remarks>
internal sealed record GraphCloud(string Authority, string Service)
{
    /// <summary>By the word that the setting <c>Cloud</c> takes.</summary>
    public static readonly IReadOnlyDictionary<string, GraphCloud> All =
        new Dictionary<string, GraphCloud>(StringComparer.OrdinalIgnoreCase)
    {
        [Usual] = new("https://login.microsoftonline.com/", "https://graph.microsoft.com"),
        ["us-government"] = new("https://login.microsoftonline.us/", "https://graph.microsoft.us"),
        ["us-dod"] = new("https://login.microsoftonline.us/", "https://dod-graph.microsoft.us"),
        ["china"] = new("https://login.chinacloudapi.cn/", "https://microsoftgraph.chinacloudapi.cn"),
    };

    public const string Usual = "global";
}

/// <summary>How the application proves itself to Entra.</summary>
internal enum GraphProof { Secret, Certificate, ManagedIdentity, WorkloadIdentity }

/// <summary>What a connection says about the client's directory and the application that signs in there.</summary>
/// <param name="DirectoryId">The client's Entra tenant; a token is good for this one alone.</param>
/// <param name="Address">Where Graph answers, with the version and without a slash at the end.</param>
internal sealed record GraphSettings(
    string DirectoryId, string ClientId, GraphProof Proof, SecretReference? Secret, string? IdentityId, GraphCloud Cloud, Uri Address,
    Uri Authority)
{
    public const string Directory = "DirectoryId";
    public const string Application = "ClientId";
    public const string ClientSecret = "ClientSecret";
    public const string Certificate = "Certificate";
    public const string Identity = "Identity";
    public const string IdentityClient = "IdentityClientId";
    public const string CloudName = "Cloud";
    public const string AddressName = "Address";
    public const string AuthorityName = "Authority";
    public const string Watched = "Watch";
    public const string Notifications = "NotificationUrl";
    public const string State = "ClientState";

    private static readonly string[] Proofs = [ClientSecret, Certificate, Identity];

    /// <summary>The audience of tokens.</summary>
    public string Scope => $"{Cloud.Service}/.default";

    /// <summary>Tells one set of credentials from another without holding them.</summary>
    /// <param name="secret">As it was read; null where there is none.</param>
    public string Digest(string? secret) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', DirectoryId, ClientId, Proof, IdentityId, Authority, Scope, secret))));

    /// <summary>The settings of a connection that has no mistakes; null when it has.</summary>
    public static GraphSettings? For(Connection connection) => Problems(connection).Any() ? null : Read(connection);

    /// <summary>One sentence for each mistake, beginning with the setting's name; secrets are not read.</summary>
    public static IEnumerable<string> Problems(Connection connection)
    {
        foreach (var name in connection.Settings.Keys.Where(
            static name => !GraphDescription.Settings.Any(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase))))
        {
            yield return $"{name}: Microsoft Graph has no such setting; known are "
                + $"{string.Join(", ", GraphDescription.Settings.Select(static one => one.Name))}.";
        }
        if (!Guid.TryParseExact(Text(connection, Directory), "D", out _))
            yield return $"{Directory}: missing or no GUID; the directory (tenant) id of the client, as Entra's overview shows it.";
        if (!Guid.TryParseExact(Text(connection, Application), "D", out _))
            yield return $"{Application}: missing or no GUID; the application (client) id of the app registration.";
        if (Text(connection, CloudName) is { } cloud && !GraphCloud.All.ContainsKey(cloud))
            yield return $"{CloudName}: '{cloud}' is none of {string.Join(", ", GraphCloud.All.Keys)}.";
        foreach (var problem in ProofProblems(connection).Concat(AddressProblems(connection)).Concat(EventProblems(connection)))
            yield return problem;
    }

    /// <summary>The setting's text; null when it is absent or empty.</summary>
    public static string? Text(Connection connection, string name) =>
        connection.Settings.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;

    private static GraphSettings Read(Connection connection)
    {
        var cloud = GraphCloud.All[Text(connection, CloudName) ?? GraphCloud.Usual];
        var proof = Text(connection, Identity) switch
        {
            "managed" => GraphProof.ManagedIdentity,
            "workload" => GraphProof.WorkloadIdentity,
            _ => Text(connection, Certificate) is null ? GraphProof.Secret : GraphProof.Certificate,
        };
        return new(
            Text(connection, Directory)!.ToLowerInvariant(),
            Text(connection, Application)!.ToLowerInvariant(),
            proof,
            InboundCredentials.Secret(connection, proof == GraphProof.Certificate ? Certificate : ClientSecret),
            Text(connection, IdentityClient),
            cloud,
            new((Text(connection, AddressName) ?? $"{cloud.Service}/v1.0").TrimEnd('/')),
            new(Text(connection, AuthorityName) ?? cloud.Authority));
    }

    private static IEnumerable<string> ProofProblems(Connection connection)
    {
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
    }

    private static IEnumerable<string> AddressProblems(Connection connection)
    {
        foreach (var name in (string[])[AddressName, AuthorityName])
        {
            if (Text(connection, name) is { } address && !MayBeCalled(address))
                yield return $"{name}: the address must be https (http on loopback only), without user and query.";
        }
    }

    private static IEnumerable<string> EventProblems(Connection connection)
    {
        if (Text(connection, Watched) is { } watched && GraphWatch.Parse(watched) is null)
            yield return $"{Watched}: a list of {string.Join(", ", GraphWatch.Words)}, or none.";
        var url = Text(connection, Notifications);
        if (url is not null
            && !(MayBeCalled(url) && url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
                && url.EndsWith($"/api/events/{connection.Name}", StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"{Notifications}: the public https address of this connection's events, "
                + $"as in https://bot.example/api/events/{connection.Name}.";
        }
        if (url is not null && Text(connection, State) is null)
            yield return $"{State}: missing; Graph proves its notifications with it, so {Notifications} needs it.";
        if (url is null && GraphWatch.Parse(Text(connection, Watched))?.Contains(GraphWatch.Users) is true)
            yield return $"{Notifications}: missing; changes of users come as notifications alone.";
    }

    private static bool MayBeCalled(string text) => VendorAddress.Find(text) is not null;
}
