using System.Text.RegularExpressions;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.MeshCentral;

/// <summary>What a connection says about its MeshCentral.</summary>
/// <param name="Control">The address of the control channel: <c>wss</c>, or <c>ws</c> on loopback.</param>
/// <param name="Password">Of the account, or of a login token of it.</param>
/// <param name="Group">The id of the client's device group.</param>
/// <param name="Certificate">SHA-256 of the server's own certificate in small hex digits; null for one that the system trusts.</param>
internal sealed partial record MeshCentralSettings(Uri Control, string User, SecretReference Password, string Group, string? Certificate)
{
    private const string AddressSetting = "Address";
    private const string UserSetting = "User";
    private const string PasswordSetting = "Password";
    private const string GroupSetting = "Group";
    private const string CertificateSetting = "Certificate";

    public static IReadOnlyList<SettingDescription> Descriptions { get; } =
    [
        new(AddressSetting, "address of the server; https, or http on loopback", true, false, "https://mesh.northmsp.example", []),
        new(UserSetting, "user name, or the user of a login token", true, false, "~t:9a3jQbKZbYXDhMGR", []),
        new(PasswordSetting, "password of the user or of the login token", true, true, "env:CONTOSO_MESHCENTRAL", []),
        new(GroupSetting, "id of the client's device group", true, false, $"mesh//{new string('A', 64)}", []),
        new(CertificateSetting, "SHA-256 of the server's certificate, where the system does not trust it", false, false,
            new string('0', 64), []),
    ];

    /// <summary>The settings; null when they have mistakes, which <see cref="Problems"/> tells.</summary>
    public static MeshCentralSettings? Read(Connection connection)
    {
        if (Problems(connection).Any())
            return null;
        var address = Address(connection)!;
        var control = new UriBuilder(new Uri(address, "control.ashx"))
        {
            Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
        };
        return new(
            control.Uri, Text(connection, UserSetting)!, InboundCredentials.Secret(connection, PasswordSetting)!.Value,
            Text(connection, GroupSetting)!,
            Text(connection, CertificateSetting)?.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant());
    }

    /// <summary>One sentence for each mistake, beginning with the setting's name.</summary>
    public static IEnumerable<string> Problems(Connection connection)
    {
        var known = string.Join(", ", Descriptions.Select(static one => one.Name));
        foreach (var name in connection.Settings.Keys.Where(
            static name => !Descriptions.Any(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase))))
            yield return $"{name}: MeshCentral has no such setting; known are {known}.";
        foreach (var missing in Descriptions.Where(one => one.IsRequired && Text(connection, one.Name) is null))
            yield return $"{missing.Name}: missing; {missing.Title}, as in "
                + $"{(missing.Example is { } example ? SecretNames.GetExample(example, connection.Tenant) : "its title says")}.";
        if (Text(connection, AddressSetting) is not null && Address(connection) is null)
            yield return $"{AddressSetting}: must be https (http on loopback only), without user and query.";
        if (Text(connection, GroupSetting) is { } group && !GroupId().IsMatch(group))
            yield return $"{GroupSetting}: '{group}' is no id of a device group, as in mesh//{new string('A', 64)}.";
        if (Text(connection, CertificateSetting) is { } certificate && !Sha256().IsMatch(certificate))
            yield return $"{CertificateSetting}: must be the SHA-256 of the server's certificate, 64 hex digits.";
    }

    private static Uri? Address(Connection connection) =>
        VendorAddress.Find($"{Text(connection, AddressSetting)?.TrimEnd('/')}/");

    private static string? Text(Connection connection, string name) =>
        connection.Settings.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;

    [GeneratedRegex(@"\Amesh/[A-Za-z0-9_-]{0,64}/[A-Za-z0-9@$]{1,128}\z", RegexOptions.NonBacktracking)]
    private static partial Regex GroupId();

    [GeneratedRegex(@"\A[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Sha256();
}
