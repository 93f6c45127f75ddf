using System.Net;
using DevOpsAI.Common;

namespace DevOpsAI.Connections;

/// <summary>
/// The setting of a connection that says from where its events may come: addresses and networks, as in <c>203.0.113.7, 2001:db8::/32</c>;
/// without it, from anywhere. It narrows: whoever sends from there has to prove itself all the same.
/// </summary>
public static class SenderAddresses
{
    public const string Setting = "SenderAddresses";

    /// <summary>Whether an event may come to the connection from there.</summary>
    /// <param name="sender">Null where the sender has no address, as on a Unix socket.</param>
    public static bool Allow(Connection connection, IPAddress? sender) =>
        !connection.Settings.TryGetValue(Setting, out var value) || Networks.Contain(Networks.Parse(value), sender);

    /// <summary>What is wrong with the setting, one sentence each, beginning with its name; nothing without it.</summary>
    /// <param name="sendsEvents">Events come over the connection by themselves.</param>
    public static IEnumerable<string> Problems(Connection connection, bool sendsEvents)
    {
        if (!connection.Settings.TryGetValue(Setting, out var value))
            yield break;
        if (!sendsEvents)
            yield return $"{Setting}: {connection.Connector} sends no events, so that there is nobody to keep out.";
        if (string.IsNullOrWhiteSpace(value))
            yield return $"{Setting}: empty; addresses or networks, as in 203.0.113.7, 2001:db8::/32, or leave it out.";
        foreach (var problem in Networks.Problems(value))
            yield return $"{Setting}: {problem}";
    }
}
