using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.Alertmanager;

/// <summary>
/// Calls of Alertmanager's interface, version 2. It asks nobody who they are; where it is behind something that does, the connection has
/// credentials for that.
/// </summary>
internal sealed partial class AlertmanagerApi(VendorClient vendor, ISecretSource secrets)
{
    /// <summary>Without it Alertmanager is asked nothing and told nothing.</summary>
    public const string UrlSetting = "Url";

    private const string OnlySetting = "Only";
    private const string BearerSetting = "ApiBearer";
    private const string UsernameSetting = "ApiUsername";
    private const string PasswordSetting = "ApiPassword";

    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    public static IReadOnlyList<SettingDescription> Descriptions { get; } =
    [
        new(UrlSetting, "address of Alertmanager itself, for silences; https, or http on loopback", false, false,
            "https://alertmanager.northmsp.example", []),
        new(OnlySetting, "label that the client's alerts bear, where others' alerts are there too", false, false, "customer=contoso", []),
        new(BearerSetting, "token for Alertmanager", false, true, "env:CONTOSO_ALERTMANAGER_API", []),
        new(UsernameSetting, "user name for Alertmanager", false, false, "bot", []),
        new(PasswordSetting, "password for Alertmanager", false, true, "env:CONTOSO_ALERTMANAGER_API", []),
    ];

    /// <summary>One sentence for each mistake, beginning with the setting's name.</summary>
    public static IEnumerable<string> Problems(Connection connection)
    {
        if (Text(connection, UrlSetting) is not null && Address(connection) is null)
            yield return $"{UrlSetting}: must be https (http on loopback only), without user and query.";
        if (Text(connection, OnlySetting) is { } only && !Label().IsMatch(only))
            yield return $"{OnlySetting}: '{only}' is no label and its value, as in customer=contoso.";
        if (Text(connection, UsernameSetting) is null != (InboundCredentials.Secret(connection, PasswordSetting) is null))
            yield return $"{UsernameSetting}: {UsernameSetting} and {PasswordSetting} go together.";
        if (Text(connection, BearerSetting) is not null && Text(connection, UsernameSetting) is not null)
            yield return $"{BearerSetting}: set either it or {UsernameSetting} and {PasswordSetting}.";
    }

    public static bool IsSet(Connection connection) => Text(connection, UrlSetting) is not null;

    /// <summary>The label that an alert has to bear to be the client's; null when all are.</summary>
    public static KeyValuePair<string, string>? Only(Connection connection) =>
        Text(connection, OnlySetting)?.Split('=', 2) is [var name, var value] ? new(name, value) : null;

    public void Forget(string callKey) => vendor.Forget(callKey);

    public Task<CallOutcome<T>> ReadAsync<T>(
        Connection connection, string path, Func<JsonNode, T> read, CancellationToken cancellationToken) =>
        CallAsync(connection, (address, authorization) => vendor.ReadAsync(
            connection, () => Message(HttpMethod.Get, address, path, authorization, null), TimeLimit, read, cancellationToken));

    public Task<CallOutcome<T>> PostAsync<T>(
        Connection connection, string path, JsonObject body, Func<JsonNode, T> read, CancellationToken cancellationToken) =>
        CallAsync(connection, (address, authorization) => vendor.ActAsync(
            connection, () => Message(HttpMethod.Post, address, path, authorization, body), TimeLimit, read, cancellationToken));

    /// <summary>Done as well where there is nothing of that name any more.</summary>
    public Task<CallOutcome<bool>> DeleteAsync(Connection connection, string path, CancellationToken cancellationToken) =>
        CallAsync<bool>(connection, async (address, authorization) =>
        {
            var outcome = await vendor.ExchangeAsync(
                connection, acts: true, () => Message(HttpMethod.Delete, address, path, authorization, null), TimeLimit, cancellationToken);
            if (outcome is not CallOutcome<VendorAnswer>.Done(var answer))
                return outcome.As<bool>();
            return answer.Status is HttpStatusCode.OK or HttpStatusCode.NotFound
                ? new CallOutcome<bool>.Done(answer.Status == HttpStatusCode.OK)
                : VendorResponse.For(answer.Status, answer.Body, answer.RetryAfter, static _ => true);
        });

    private async Task<CallOutcome<T>> CallAsync<T>(
        Connection connection, Func<Uri, AuthenticationHeaderValue?, Task<CallOutcome<T>>> call)
    {
        if (Problems(connection).FirstOrDefault() is { } problem)
            return new CallOutcome<T>.Refused("settings", $"{connection.Name}: {problem}");
        if (Address(connection) is not { } address)
            return new CallOutcome<T>.Refused("settings", $"{connection.Name} has no {UrlSetting}: set it to Alertmanager's own address.");
        try
        {
            var outcome = await call(address, Authorization(connection));
            return outcome is CallOutcome<T>.Refused("401" or "403", _)
                ? new CallOutcome<T>.Refused(
                    "credentials", $"Alertmanager does not take the credentials of {connection.Name}. Set {BearerSetting}, or "
                    + $"{UsernameSetting} and {PasswordSetting}, anew.")
                : outcome;
        }
        catch (SecretUnavailableException missing)
        {
            return new CallOutcome<T>.NotDone(missing.Message);
        }
    }

    private AuthenticationHeaderValue? Authorization(Connection connection)
    {
        if (InboundCredentials.Secret(connection, BearerSetting) is { } bearer)
            return new("Bearer", secrets.Read(bearer));
        return InboundCredentials.Secret(connection, PasswordSetting) is { } password
            ? new("Basic", Convert.ToBase64String(
                Encoding.UTF8.GetBytes($"{Text(connection, UsernameSetting)}:{secrets.Read(password)}")))
            : null;
    }

    private static HttpRequestMessage Message(
        HttpMethod method, Uri address, string path, AuthenticationHeaderValue? authorization, JsonObject? body) =>
        new(method, new Uri(address, $"api/v2/{path}"))
        {
            Headers = { Authorization = authorization },
            Content = body is null ? null : JsonContent.Create(body),
        };

    private static Uri? Address(Connection connection) =>
        VendorAddress.Find($"{Text(connection, UrlSetting)?.TrimEnd('/')}/");

    private static string? Text(Connection connection, string name) =>
        connection.Settings.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*=[^\r\n]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Label();
}
