namespace DevOpsAI.Connections;

/// <summary>
/// What the bot does by itself with tickets of a connection that offers <c>ticket.note</c>.
/// </summary>
public enum TicketUse
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>Private notes in a ticket that is there already; none is opened and none is closed. The default.</summary>
    Note,

    /// <summary>Also opens a ticket where there is none, writes the time of a run and closes the ticket on success.</summary>
    Full,
}

/// <summary>The setting of a connection that says so: <c>Connections:{name}:Settings:Tickets</c>, or the form in chat.</summary>
public static class TicketSetting
{
    public const string Name = "Tickets";

    /// <summary>An action that only connectors offer whose tickets the bot may write.</summary>
    public const string Needs = "ticket.note";

    /// <summary>What it may be.</summary>
    public static IReadOnlyList<string> Choices { get; } = ["off", "note", "full"];

    /// <summary>Null for a word that means nothing, and for none.</summary>
    public static TicketUse? Read(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "off" => TicketUse.Off,
        "note" => TicketUse.Note,
        "full" => TicketUse.Full,
        _ => null,
    };
}
