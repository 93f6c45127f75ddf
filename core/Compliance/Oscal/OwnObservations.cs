namespace DevOpsAI.Compliance.Oscal;

/// <summary>Observations about the ledger as a whole, and about what belongs to no proposal.</summary>
internal static class OwnObservations
{
    public static Guid Integrity(OscalExport export) =>
        export.Ids.For("observation", $"integrity:{export.Range}:{OscalWriter.Number(export.Checkpoint.Size)}");

    public static Guid Times(OscalExport export) => export.Ids.For("observation", $"times:{export.Range}");

    public static Guid For(OscalExport export, Deviation deviation) =>
        export.Ids.For("observation", $"incidental:{deviation.Kind}:{OscalWriter.Number(deviation.Mark.Seq)}");

    public static void Write(OscalWriter json, OscalExport export)
    {
        json.Open();
        WriteIntegrity(json, export);
        json.Close();
        json.Open();
        WriteTimes(json, export);
        json.Close();
        foreach (var deviation in export.Assessment.Deviations)
        {
            json.Open();
            WriteDeviation(json, export, deviation);
            json.Close();
        }
    }

    public static void WriteDeviation(OscalWriter json, OscalExport export, Deviation deviation)
    {
        var reason = export.Assessment.Texts.Get(deviation.Text);
        var who = RecordMessages.Opening(deviation.By);
        json.Uuid(For(export, deviation));
        json.Text("title", deviation.Kind switch
        {
            DeviationKind.Frozen => "Execution was frozen",
            DeviationKind.OwnFreezeLifted => "A freeze was lifted by the person who had set it",
            DeviationKind.OutOfBand => "Something was changed at a vendor that no decision allows",
            DeviationKind.Reported => OscalText.Markup(export.Assessment.Texts.Get(deviation.What)),
            _ => "Somebody gave themselves a role",
        });
        json.Text("description", OscalText.Markup(deviation.Kind switch
        {
            DeviationKind.Frozen =>
                $"{who} stopped everything for this client{RecordMessages.Reason(reason)}. {(deviation.Ended is { } ended ? $"Lifted at "
                + $"{RecordMessages.Utc(ended.At)}." : "Still in force at the end of this range.")}",
            DeviationKind.OwnFreezeLifted => $"{who} lifted the freeze that they had set.",
            DeviationKind.OutOfBand =>
                $"{reason} {(deviation.Ended is { } settled ? $"The incident about it was closed at "
                + $"{RecordMessages.Utc(settled.At)}." : "The incident about it is not closed at the end of this range.")}",
            DeviationKind.Reported => reason,
            _ => $"{who} gave themselves the role {reason}.",
        }));
        json.Texts("methods", "EXAMINE");
        json.Texts("types", deviation.Kind is DeviationKind.Frozen or DeviationKind.OutOfBand ? "discovery" : "control-objective");
        Origin(json, export, "tool", export.Bot);
        OscalParts.WriteEvidence(json, export,
            deviation.Ended is { } end ? [(deviation.Mark, "Beginning"), (end, "End")] : [(deviation.Mark, "Entry")]);
        json.Time("collected", deviation.Ended?.At ?? deviation.Mark.At);
    }

    public static void WriteTimes(OscalWriter json, OscalExport export)
    {
        var back = export.Assessment.TimeWentBack;
        json.Uuid(Times(export));
        json.Text("title", "Times of the entries compared");
        json.Text("description", back is { } mark
            ? $"The time of ledger entry {OscalWriter.Number(mark.Seq)} is before that of an entry before it."
            : "Every entry carries a time in UTC with milliseconds, and none is before that of the entry before it.");
        json.Texts("methods", "EXAMINE");
        json.Texts("types", "control-objective");
        Origin(json, export, "tool", export.Bot);
        if (back is { } seen)
            OscalParts.WriteEvidence(json, export, [(seen, "Entry out of time")]);
        else
            File(json, export.EntriesFile, "All entries of the range.");
        json.Time("collected", export.Subject.AsOf);
    }

    private static void WriteIntegrity(OscalWriter json, OscalExport export)
    {
        json.Uuid(Integrity(export));
        json.Text("title", "Integrity of the ledger checked");
        json.Text("description",
            $"The leaf hash of every entry of the range was computed again; with them, the root of all "
            + $"{OscalWriter.Number(export.Checkpoint.Size)} entries equals the signed checkpoint.");
        json.Texts("methods", "TEST");
        json.Texts("types", "control-objective");
        Origin(json, export, "assessment-platform", export.Platform);
        json.Only("subjects", () =>
        {
            json.Uuid("subject-uuid", export.CheckpointFile);
            json.Text("type", "resource");
        });
        File(json, export.CheckpointFile, "Signed checkpoint.");
        json.Time("collected", export.Subject.AsOf);
    }

    private static void Origin(OscalWriter json, OscalExport export, string type, Guid actor) =>
        json.Only("origins", () => json.Only("actors", () =>
    {
        json.Text("type", type);
        json.Uuid("actor-uuid", actor);
    }));

    private static void File(OscalWriter json, Guid resource, string what) => json.Only("relevant-evidence", () =>
    {
        json.Text("href", $"#{resource}");
        json.Text("description", what);
    });
}
