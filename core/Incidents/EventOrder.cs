namespace DevOpsAI.Incidents;

/// <summary>What comes of events that arrive in another order than they happened in.</summary>
public static class EventOrder
{
    /// <summary>
    /// Whether a beginning that arrives after an end of the same alert, the first that was heard of it, is seen to be of before that end,
    /// so that it opens no incident that nothing would end.
    /// </summary>
    public static bool IsOver(ConnectorEvent end, ConnectorEvent beginning) =>
        AlertWord.Create(null, 0, Received(end), at: null).Outdates(Received(beginning), at: null);

    private static EventReceived Received(ConnectorEvent sent) => new(
        "", "", sent.SourceId, sent.Status, sent.Severity, sent.Kind, sent.Device, sent.Title, sent.Description, sent.AlertKey, "", "",
        sent.OccurredAt, Simulated: false, sent.Attributes)
    {
        BeganAt = sent.StandsSince,
        IsTimedBySource = sent.IsTimedBySource,
        KeyIsOccurrence = sent.KeyIsOccurrence,
    };
}
