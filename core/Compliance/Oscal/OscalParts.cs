using System.Text;

namespace DevOpsAI.Compliance.Oscal;

/// <summary>Parts that several documents have alike.</summary>
internal static class OscalParts
{
    public static readonly (string Key, string Title, string Description, string Method)[] Activities =
    [
        ("gate", "Gate", "Each proposed change is weighed, put at a gate, and decided by people where policy asks for people.", "EXAMINE"),
        ("execution", "Execution", "What was approved is carried out, and the result is read back.", "TEST"),
        ("integrity", "Integrity", "Every leaf hash and the Merkle root are computed again and compared with a signed checkpoint.", "TEST"),
    ];

    public static void WriteActivities(OscalWriter json, OscalExport export) => json.Array("activities", Activities, activity =>
    {
        json.Uuid(export.Ids.For("activity", activity.Key));
        json.Text("title", activity.Title);
        json.Text("description", activity.Description);
        json.OpenArray("props");
        json.OscalProp("method", activity.Method);
        json.CloseArray();
    });

    public static void WriteAssets(OscalWriter json, OscalExport export)
    {
        json.Open("assessment-assets");
        json.Only("components", () =>
        {
            json.Uuid(export.Bot);
            json.Text("type", "software");
            json.Text("title", "DevOps AI Bot");
            json.Text("description", "Drafts, gates, carries out and records operational changes.");
            json.Open("status");
            json.Text("state", "operational");
            json.Close();
        });
        json.Only("assessment-platforms", () =>
        {
            json.Uuid(export.Platform);
            json.Text("title", "Evidence export");
            json.Only("uses-components", () => json.Uuid("component-uuid", export.Bot));
        });
        json.Close();
    }

    public static void WriteControls(OscalWriter json, string description, IReadOnlyList<Objective> objectives)
    {
        json.Open("reviewed-controls");
        json.Only("control-selections", () =>
        {
            json.Text("description", description);
            json.Array("include-controls", objectives.Select(static objective => objective.Control).Distinct(),
                control => json.Text("control-id", control));
        });
        json.Only("control-objective-selections", () =>
            json.Array("include-objectives", objectives, objective => json.Text("objective-id", objective.Id)));
        json.Close();
    }

    /// <summary>The files of the bundle that the documents rest on.</summary>
    public static void WriteResources(OscalWriter json, OscalExport export)
    {
        json.Open("back-matter");
        json.OpenArray("resources");
        json.Open();
        json.Uuid(export.EntriesFile);
        json.Text("title", $"Ledger entries {OscalWriter.Number(export.Subject.First)} to {OscalWriter.Number(export.Subject.Last)}");
        json.OpenArray("props");
        json.OscalProp("type", "raw-data");
        json.Prop("ledger-first-seq", OscalWriter.Number(export.Subject.First));
        json.Prop("ledger-last-seq", OscalWriter.Number(export.Subject.Last));
        json.CloseArray();
        json.Only("rlinks", () =>
        {
            json.Text("href", "../entries.jsonl");
            json.Text("media-type", "application/jsonl");
            Hash(export.Entries);
        });
        json.Close();
        json.Open();
        json.Uuid(export.CheckpointFile);
        json.Text("title", $"Signed checkpoint of the ledger at {OscalWriter.Number(export.Checkpoint.Size)} entries");
        json.OpenArray("props");
        json.OscalProp("type", "evidence");
        json.Prop("ledger-tree-size", OscalWriter.Number(export.Checkpoint.Size));
        json.Prop("ledger-root-hash", Convert.ToHexStringLower(export.Checkpoint.Root.Span), "rfc6962-sha256");
        json.CloseArray();
        json.Only("rlinks", () =>
        {
            json.Text("href", "../checkpoint.txt");
            json.Text("media-type", "text/plain");
            Hash(Hash256.OfText(export.Checkpoint.Note));
        });
        json.Open("base64");
        json.Text("filename", "checkpoint.txt");
        json.Text("media-type", "text/plain");
        json.Text("value", Convert.ToBase64String(Encoding.UTF8.GetBytes(export.Checkpoint.Note)));
        json.Close();
        json.Close();
        json.CloseArray();
        json.Close();

        void Hash(Hash256 value) => json.Only("hashes", () =>
        {
            json.Text("algorithm", "SHA-256");
            json.Text("value", value.ToString());
        });
    }

    /// <summary>One piece of evidence per entry, with the hash that the checkpoint commits to.</summary>
    public static void WriteEvidence(OscalWriter json, OscalExport export, IEnumerable<(EntryReference Mark, string What)> entries) =>
        json.Array("relevant-evidence", entries, entry =>
        {
            json.Text("href", $"#{export.EntriesFile}");
            json.Text("description", $"{entry.What}: ledger entry {OscalWriter.Number(entry.Mark.Seq)}.");
            json.OpenArray("props");
            json.EntryProps(entry.Mark, export.Assessment.GetLeaf(entry.Mark));
            json.CloseArray();
        });
}
