namespace DevOpsAI.Compliance.Oscal;

/// <summary>What is still open at the end of the range: a plan of action and milestones with one item for each.</summary>
internal static class PlanOfAction
{
    /// <summary>Whether there is anything to write: OSCAL has no plan without items.</summary>
    public static bool IsNeeded(Assessment assessment) => Open(assessment).Any();

    public static void Write(Stream output, OscalExport export)
    {
        using var json = new OscalWriter(output, export.Subject.Namespace, indented: true);
        json.Open();
        json.Open("plan-of-action-and-milestones");
        json.Uuid(export.Document("poam"));
        OscalMetadata.Write(json, export, "poam", $"Open items from the operations ledger of {export.Subject.TenantName}");
        json.Open("system-id");
        json.Text("identifier-type", $"{export.Subject.Namespace}/tenant");
        json.Text("id", export.Subject.Tenant.Value);
        json.Close();
        json.Open("local-definitions");
        json.Array("components", Targets(export.Assessment), index =>
        {
            json.Uuid(export.Target(index));
            json.Text("type", "system");
            json.Text("title", OscalText.Markup(export.Assessment.Targets[index].Name));
            json.Text("description", "What an open item is about.");
            json.Open("status");
            json.Text("state", "operational");
            json.Close();
        });
        OscalParts.WriteAssets(json, export);
        json.Close();
        json.OpenArray("observations");
        var written = new HashSet<Guid>();
        foreach (var weakness in Open(export.Assessment).Where(weakness => written.Add(Risks.Observation(export, weakness))))
        {
            json.Open();
            WriteObservation(json, export, weakness);
            json.Close();
        }
        json.CloseArray();
        json.Array("risks", Open(export.Assessment), weakness => Risks.Write(json, export, weakness));
        json.Array("poam-items", Open(export.Assessment), weakness => WriteItem(json, export, weakness));
        OscalParts.WriteResources(json, export);
        json.Close();
        json.Close();
    }

    private static IEnumerable<Weakness> Open(Assessment assessment) =>
        Weaknesses.For(assessment).Where(static weakness => weakness.IsOpen);

    private static IEnumerable<int> Targets(Assessment assessment) =>
        Open(assessment).SelectMany(static weakness => weakness.Round?.Targets ?? []).Distinct().Order();

    private static void WriteObservation(OscalWriter json, OscalExport export, Weakness weakness)
    {
        switch (weakness)
        {
            case { Incident: { } incident, Round: { } revision }:
                RevisionObservation.Write(json, export, incident, revision, standalone: true); break;
            case { Deviation: { } deviation }: OwnObservations.WriteDeviation(json, export, deviation); break;
            default: OwnObservations.WriteTimes(json, export); break;
        }
    }

    private static void WriteItem(OscalWriter json, OscalExport export, Weakness weakness)
    {
        json.Uuid(export.Ids.For("poam-item", weakness.Key));
        json.Text("title", OscalText.Markup(RecordMessages.Title(export.Assessment, weakness)));
        json.Text("description", RecordMessages.Todo(weakness));
        json.Only("origins", () => json.Only("actors", () =>
        {
            json.Text("type", "tool");
            json.Uuid("actor-uuid", export.Bot);
        }));
        json.Only("related-observations", () => json.Uuid("observation-uuid", Risks.Observation(export, weakness)));
        json.Only("related-risks", () => json.Uuid("risk-uuid", Risks.Id(export, weakness)));
    }
}
