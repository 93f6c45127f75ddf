using System.Text;

namespace DevOpsAI.Compliance.Oscal;

/// <summary>The small standing plan that assessment results have to point at.</summary>
internal static class AssessmentPlan
{
    private const string SystemPlan =
        "The system security plan is the client's and is kept by the client; it is not part of this bundle.\n";

    public static void Write(Stream output, OscalExport export)
    {
        using var json = new OscalWriter(output, export.Subject.Namespace, indented: true);
        json.Open();
        json.Open("assessment-plan");
        json.Uuid(export.Document("assessment-plan"));
        OscalMetadata.Write(json, export, "assessment-plan",
            $"Standing plan: what is examined in the operations ledger of {export.Subject.TenantName}");
        json.Open("import-ssp");
        json.Text("href", $"#{export.Ids.For("resource", "system-security-plan")}");
        json.Close();
        json.Open("local-definitions");
        OscalParts.WriteActivities(json, export);
        json.Close();
        OscalParts.WriteControls(json, "Controls that the entries of an operations ledger can confirm or deny.", Objectives.All);
        json.Only("assessment-subjects", () =>
        {
            json.Text("type", "component");
            json.Text("description", "Everything of the client that the bot proposed to change, or changed.");
            json.Open("include-all");
            json.Close();
        });
        OscalParts.WriteAssets(json, export);
        json.Open("back-matter");
        json.Only("resources", () =>
        {
            json.Uuid(export.Ids.For("resource", "system-security-plan"));
            json.Text("title", "System security plan of the client");
            json.Text("description", SystemPlan.Trim());
            json.OpenArray("props");
            json.OscalProp("type", "plan");
            json.CloseArray();
            json.Open("base64");
            json.Text("filename", "system-security-plan.txt");
            json.Text("media-type", "text/plain");
            json.Text("value", Convert.ToBase64String(Encoding.UTF8.GetBytes(SystemPlan)));
            json.Close();
        });
        json.Close();
        json.Close();
        json.Close();
    }
}
