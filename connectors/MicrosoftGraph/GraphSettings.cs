using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Entra;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>What a connection says about the client's directory, the application that signs in there, and where Graph is.</summary>
/// <param name="Address">Where Graph answers, with the version and without a slash at the end.</param>
internal sealed record GraphSettings(EntraApplication Application, Uri Address)
{
    public const string AddressName = "Address";
    public const string Watched = "Watch";
    public const string Notifications = "NotificationUrl";
    public const string State = "ClientState";

    /// <summary>Where Graph is without a version, by the word that the setting <c>Cloud</c> takes; the audience of tokens.</summary>
    /// <remarks>https://learn.microsoft.com/graph/deployments</remarks>
    private static readonly Dictionary<string, string> Services = new(StringComparer.OrdinalIgnoreCase)
    {
        [EntraApplication.UsualCloud] = "https://graph.microsoft.com",
        ["us-government"] = "https://graph.microsoft.us",
        ["us-dod"] = "https://dod-graph.microsoft.us",
        ["china"] = "https://microsoftgraph.chinacloudapi.cn",
    };

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
        foreach (var problem in EntraApplication.Problems(connection).Concat(AddressProblems(connection)).Concat(EventProblems(connection)))
            yield return problem;
    }

    /// <inheritdoc cref="EntraApplication.Text"/>
    public static string? Text(Connection connection, string name) => EntraApplication.Text(connection, name);

    private static GraphSettings Read(Connection connection)
    {
        var service = Services[Text(connection, EntraApplication.CloudName) ?? EntraApplication.UsualCloud];
        return new(
            EntraApplication.For(connection, $"{service}/.default"),
            new((Text(connection, AddressName) ?? $"{service}/v1.0").TrimEnd('/')));
    }

    private static IEnumerable<string> AddressProblems(Connection connection)
    {
        if (Text(connection, AddressName) is { } address && !MayBeCalled(address))
            yield return $"{AddressName}: the address must be https (http on loopback only), without user and query.";
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
