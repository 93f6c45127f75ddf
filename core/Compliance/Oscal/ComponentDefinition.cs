namespace DevOpsAI.Compliance.Oscal;

/// <summary>
/// Which controls this bot implements and how. Belongs to a release and to no client: its identifiers and its text are the same for all.
/// </summary>
internal static class ComponentDefinition
{
    /// <summary>When <see cref="ImplementedControls"/> last changed; the document is dated with it.</summary>
    private static readonly DateTimeOffset Revised = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    public static void Write(Stream output, string ns)
    {
        var space = OscalIds.Product(ns);
        using var json = new OscalWriter(output, ns, indented: true);
        json.Open();
        json.Open("component-definition");
        json.Uuid(Id("document", "component-definition"));
        json.Open("metadata");
        json.Text("title", "DevOps AI Bot: the controls it implements");
        json.Time("last-modified", Revised);
        json.Text("version", $"{Revised.UtcDateTime:yyyy-MM-dd}");
        json.Text("oscal-version", OscalWriter.Version);
        json.Only("roles", () =>
        {
            json.Text("id", OscalMetadata.Provider);
            json.Text("title", "Managed service provider that runs the bot");
        });
        json.Close();
        json.Only("components", () =>
        {
            json.Uuid(Id("component", "bot"));
            json.Text("type", "software");
            json.Text("title", "DevOps AI Bot");
            json.Text("description",
                "Turns alerts into decisions that people take, carries them out, and records everything in a tamper-evident ledger per "
                + "client.");
            json.Only("responsible-roles", () => json.Text("role-id", OscalMetadata.Provider));
            json.Only("control-implementations", () =>
            {
                json.Uuid(Id("control-implementation", "800-53r5"));
                json.Text("source", ImplementedControls.Catalog);
                json.Text("description",
                    "What the bot does by itself. Policies, reviews and procedures that these controls ask for as well are the client's "
                    + "and the provider's.");
                json.Array("implemented-requirements", ImplementedControls.All, control =>
                {
                    json.Uuid(Id("requirement", control.Id));
                    json.Text("control-id", control.Id);
                    json.Text("description", control.How);
                    json.Array("statements", control.Statements, statement =>
                    {
                        json.Text("statement-id", statement.Id);
                        json.Uuid(Id("statement", statement.Id));
                        json.Text("description", statement.How);
                    });
                });
            });
        });
        json.Close();
        json.Close();

        Guid Id(string kind, string key) => UuidV5.For(space, $"{kind}:{key}");
    }
}
