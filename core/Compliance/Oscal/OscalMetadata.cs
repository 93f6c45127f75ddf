namespace DevOpsAI.Compliance.Oscal;

/// <summary>What every document of one export shares.</summary>
/// <param name="Entries">SHA-256 of the file with the entries.</param>
internal sealed record OscalExport(Assessment Assessment, EvidenceCheckpoint Checkpoint, Hash256 Entries)
{
    public EvidenceSubject Subject => Assessment.Subject;

    public OscalIds Ids { get; } = new(Assessment.Subject.Namespace, Assessment.Subject.Tenant);

    public string Range => $"{OscalWriter.Number(Subject.First)}-{OscalWriter.Number(Subject.Last)}";

    public Guid Provider => Ids.For("party", "provider");

    public Guid Client => Ids.For("party", "client");

    public Guid Bot => Ids.For("component", "bot");

    public Guid Platform => Ids.For("platform", "bot");

    public Guid EntriesFile => Ids.For("resource", $"entries:{Range}:{Entries}");

    public Guid CheckpointFile => Ids.For("resource", $"checkpoint:{OscalWriter.Number(Checkpoint.Size)}");

    /// <summary>
    /// Of a document of that kind. Documents that differ are different documents: what was redacted or opened shows in the file of the
    /// entries, the witnesses that had signed in the note, and the names are those that whoever exported has given.
    /// </summary>
    public Guid Document(string kind) => Ids.For(
        "document",
        string.Join('\n', kind, Range, Entries, Hash256.OfText(Checkpoint.Note), Subject.WithNames ? "names" : "sealed", Subject.TenantName,
            Subject.Provider));

    public Guid Person(string objectId) => Ids.For("party", $"person:{objectId.ToLowerInvariant()}");

    public Guid Target(int index)
    {
        var target = Assessment.Targets[index];
        return Ids.For("component", $"target:{target.Connection}:{target.Kind}:{target.Id}");
    }
}

/// <summary>The <c>metadata</c> of a document.</summary>
internal static class OscalMetadata
{
    public const string Approver = "approver";
    public const string Participant = "participant";
    public const string Provider = "provider";

    public static void Write(OscalWriter json, OscalExport export, string document, string title)
    {
        var subject = export.Subject;
        var version = $"{subject.AsOf.UtcDateTime:yyyy-MM-dd}.{OscalWriter.Number(export.Checkpoint.Size)}";
        json.Open("metadata");
        json.Text("title", OscalText.Markup(title));
        json.Time("last-modified", subject.AsOf);
        json.Text("version", version);
        json.Text("oscal-version", OscalWriter.Version);
        json.Only("document-ids", () =>
        {
            json.Text("scheme", $"{subject.Namespace}/document-id");
            json.Text("identifier", $"{subject.Tenant.Value}/{document}/{export.Range}/{version}");
        });
        json.OpenArray("props");
        json.Prop("ledger-origin", export.Checkpoint.Origin, uuid: PropId("ledger-origin"));
        json.Prop("ledger-tree-size", OscalWriter.Number(export.Checkpoint.Size), uuid: PropId("ledger-tree-size"));
        json.Prop("ledger-root-hash", Convert.ToHexStringLower(export.Checkpoint.Root.Span), "rfc6962-sha256", PropId("ledger-root-hash"));
        json.CloseArray();
        json.Array<(string Id, string Title)>(
            "roles",
            [("prepared-by", "Prepared by"), ("prepared-for", "Prepared for"), (Provider, "Managed service provider"),
                (Approver, "Decides at a gate"), (Participant, "Takes part in operations")],
            role =>
            {
                json.Text("id", role.Id);
                json.Text("title", role.Title);
            });
        json.OpenArray("parties");
        Organization(json, export.Provider, subject.Provider);
        Organization(json, export.Client, subject.TenantName);
        foreach (var (id, name) in export.Assessment.People)
            Person(json, export, id, name);
        json.CloseArray();
        json.Array<(string Role, Guid Party)>(
            "responsible-parties", [("prepared-by", export.Provider), ("prepared-for", export.Client)],
            responsible =>
            {
                json.Text("role-id", responsible.Role);
                json.Texts("party-uuids", responsible.Party.ToString());
            });
        json.Close();

        Guid PropId(string name) => export.Ids.For("prop", $"{document}:{export.Range}:{name}");
    }

    private static void Organization(OscalWriter json, Guid id, string name)
    {
        json.Open();
        json.Uuid(id);
        json.Text("type", "organization");
        json.Text("name", OscalText.Line(name));
        json.Close();
    }

    /// <summary>A person whose name was erased stays somebody: the same one everywhere, without a name.</summary>
    private static void Person(OscalWriter json, OscalExport export, string id, string? name)
    {
        json.Open();
        json.Uuid(export.Person(id));
        json.Text("type", "person");
        if (name is not null)
            json.Text("name", OscalText.Line(name));
        json.Only("external-ids", () =>
        {
            json.Text("scheme", $"{export.Subject.Namespace}/person");
            json.Text("id", OscalText.Line(id));
        });
        json.Close();
    }
}
