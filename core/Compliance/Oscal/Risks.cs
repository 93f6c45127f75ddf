namespace DevOpsAI.Compliance.Oscal;

/// <summary>A weakness as a risk with its history.</summary>
internal static class Risks
{
    public static Guid Id(OscalExport export, Weakness weakness) => export.Ids.For("risk", weakness.Key);

    public static Guid Observation(OscalExport export, Weakness weakness) => weakness switch
    {
        { Incident: { } incident, Round: { } revision } => RevisionObservation.Id(export, incident, revision),
        { Deviation: { } deviation } => OwnObservations.For(export, deviation),
        _ => OwnObservations.Times(export),
    };

    public static void Write(OscalWriter json, OscalExport export, Weakness weakness)
    {
        json.Uuid(Id(export, weakness));
        json.Text("title", OscalText.Markup(RecordMessages.Title(export.Assessment, weakness)));
        json.Text("description", $"Shown by ledger entry {OscalWriter.Number(weakness.Seen.Seq)} of {OscalText.Time(weakness.Seen.At)}.");
        json.Text("statement", RecordMessages.Statement(weakness));
        json.OpenArray("props");
        json.Prop("weakness", Name(weakness.Kind));
        json.EntryProps(weakness.Seen, export.Assessment.GetLeaf(weakness.Seen));
        json.CloseArray();
        json.Text("status", weakness.IsOpen ? "open" : "closed");
        json.Open("risk-log");
        json.OpenArray("entries");
        json.Open();
        Entry(json, export, weakness, weakness.Seen, "opened", "Seen", "open");
        json.Close();
        if (weakness.SettledBy is { } settled)
        {
            json.Open();
            Entry(json, export, weakness, settled, "closed", "Settled", "closed");
            json.Close();
        }
        json.CloseArray();
        json.Close();
        json.Only("related-observations", () => json.Uuid("observation-uuid", Observation(export, weakness)));
    }

    /// <summary>As in <c>ran-when-prohibited</c>.</summary>
    private static string Name(WeaknessKind kind) =>
        string.Concat(
            kind.ToString()
                .Select(static (letter, index) =>
                    char.IsUpper(letter) ? $"{(index == 0 ? "" : "-")}{char.ToLowerInvariant(letter)}" : $"{letter}"));

    private static void Entry(OscalWriter json, OscalExport export, Weakness weakness, EntryReference mark, string key, string title,
        string status)
    {
        json.Uuid(export.Ids.For("risk-log", $"{weakness.Key}:{key}"));
        json.Text("title", title);
        json.Time("start", mark.At);
        json.OpenArray("props");
        json.EntryProps(mark, export.Assessment.GetLeaf(mark));
        json.CloseArray();
        json.Text("status-change", status);
    }
}
