using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>What a connector is, for people and for forms. Each connector registers one.</summary>
/// <param name="Name">As connections name it, as in <c>ninjaone</c>.</param>
/// <param name="IsSimulation">Nothing real is touched; said wherever a person sees it.</param>
/// <param name="SendsEvents">Its vendor reports by itself, to <c>/api/events/{connection}</c>.</param>
/// <param name="Targets">Kinds of what it finds and acts on.</param>
/// <param name="Actions">Names from the vocabulary, or the connector's own.</param>
/// <param name="Observations">As in <c>service.{service}.state</c>.</param>
public sealed record ConnectorDescription(
    string Name,
    string Title,
    bool IsSimulation,
    bool SendsEvents,
    IReadOnlyList<SettingDescription> Settings,
    IReadOnlyList<string> Targets,
    IReadOnlyList<ActionSpec> Actions,
    IReadOnlyList<string> Observations)
{
    /// <summary>The operator's own manifest, in the place of one of this name that comes with the bot.</summary>
    public bool ReplacesBuiltIn { get; init; }
}

/// <summary>A setting of a connection, as in <c>Connections:{name}:Settings:{setting}</c>.</summary>
/// <param name="IsSecret">Given as a reference: <c>env:NAME</c> or <c>file:/path</c>.</param>
/// <param name="Choices">What it may be; empty for anything that fits.</param>
public sealed record SettingDescription(
    string Name, string Title, bool IsRequired, bool IsSecret, string? Example, IReadOnlyList<string> Choices)
{
    /// <summary>The sender of events proves itself with it: a secret that whoever sets up the connection chose.</summary>
    public bool ProvesSender { get; init; }

    /// <summary>
    /// It says where calls go, or whose identity the machine lends: whoever keeps the bot decides that, nobody in a chat.
    /// </summary>
    public bool OnlyInSettings { get; init; }

    /// <summary>From where events may come, which every connector whose vendor sends them takes.</summary>
    internal static SettingDescription SenderNetworks { get; } = new(
        SenderAddresses.Setting, "addresses or networks that its events may come from; anywhere when empty", false, false,
        "203.0.113.7, 2001:db8::/32", []);

    /// <summary>SHA-256 of the certificates that a sender may prove itself with.</summary>
    internal static SettingDescription SenderCertificate { get; } = new(
        InboundCredentials.Thumbprint, "SHA-256 thumbprint of the sender's client certificate", false, false,
        "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08", []);

    /// <summary>A secret of the sender of events, one of several that it may prove itself with.</summary>
    internal static SettingDescription SenderSecret(string name) =>
        new(name, $"{name} of the sender", false, true, "env:CONTOSO_EVENTS", []) { ProvesSender = true };
}
