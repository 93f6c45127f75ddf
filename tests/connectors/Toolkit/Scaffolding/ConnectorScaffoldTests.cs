using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Connectors.Toolkit.Scaffolding;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.Toolkit.Scaffolding;

/// <summary>A manifest that is begun from an OpenAPI description is good, or refused at lines that say what is left to decide.</summary>
public sealed class ConnectorScaffoldTests
{
    private const string Acme = "acme-rmm.openapi.yaml";
    private const string Helpdesk = "helpdesk.swagger.json";

    [Theory]
    [InlineData(Acme)]
    [InlineData(Helpdesk)]
    [InlineData("alertmanager.source.yaml")]
    [InlineData("autotask.json")]
    [InlineData("connectwise.json")]
    [InlineData("datto-rmm.source.json")]
    [InlineData("graph.yaml")]
    [InlineData("graph-beta.yaml")]
    [InlineData("halopsa.json")]
    [InlineData("ninjaone.source-trimmed.json")]
    [InlineData("servicenow.yaml")]
    [InlineData("wazuh-4.14.7.source.yaml")]
    [InlineData("wazuh-5.0.0-beta4.source.yaml")]
    public void Whatever_a_begun_manifest_is_refused_for_is_marked_as_left_to_decide(string description)
    {
        if (Find(description) is not { } file)
        {
            Assert.Skip($"The vendor's description {description} is not on this machine.");
            return;
        }
        var made = ConnectorScaffold.Begin("acme", File.ReadAllText(file), []);
        var errors = ManifestCheck.ValidationErrors("acme.yaml", made.Yaml);
        var decided = made.Decisions.Select(static one => $"acme.yaml:{one.Line}:").ToHashSet();
        errors.Where(error => !decided.Contains(error[..(error.IndexOf(':', "acme.yaml:".Length) + 1)])).ShouldBeEmpty();
        made.Decisions.ShouldNotBeEmpty();
        // Until somebody decides, an action reaches as far as any can, is never taken back and never repeated, and no runbook knows it.
        var wide = made.Yaml.Split('\n').Count(static line => line.StartsWith("    blastRadius: tenant  # decide:", StringComparison.Ordinal));
        wide.ShouldBe(made.Actions);
        made.Yaml.ShouldNotContain("idempotent: true\n");
        made.Yaml.ShouldNotContain("reversibility: reversible\n");
    }

    [Fact]
    public void A_description_with_everything_in_it_gives_a_manifest_that_is_good_as_it_is()
    {
        var manifest = Read(Begin(Acme));
        manifest.Title.ShouldBe("Acme RMM");
        manifest.Settings.Select(static one => (one.Name, one.IsSecret)).ShouldBe(
            [("Region", false), ("ApiKey", true), ("Company", false), ("WebhookSecret", true)]);
        manifest.Authentication.Headers.ShouldHaveSingleItem().Key.ShouldBe("X-Acme-Key");
        var device = manifest.Targets["device"];
        device.Find.Paging.ShouldBe(new(PagingStyle.Cursor, "cursor", device.Find.Paging!.From, 1, 0));
        device.Find.Request.Path.Example().ShouldBe("/devices?hostname=x&limit=100");
        device.Belongs.ShouldHaveSingleItem().Left.FirstPath.ShouldBe("customerId");
        var restart = manifest.Actions["acme.restartService"].Spec;
        restart.ShouldSatisfyAllConditions(
            () => restart.Reversibility.ShouldBe(Reversibility.Irreversible),
            () => restart.BlastRadius.ShouldBe(BlastRadius.Tenant),
            () => restart.Idempotent.ShouldBeFalse(),
            () => restart.Arguments.Select(static one => (one.Name, one.Required)).ShouldBe(
                [("service", true), ("reference", false), ("force", false)]));
        restart.Arguments[0].Pattern.ShouldBe("[A-Za-z0-9_.-]{1,60}");
        manifest.Webhook!.Sender.Proof.ShouldBe(SenderProof.Hmac);
        manifest.Webhook.Events.ShouldHaveSingleItem().Status!.Map.ShouldBe(new Dictionary<string, string> { ["closed"] = "resolved" });
    }

    [Fact]
    public void Version_2_with_its_own_webhooks_is_read_as_well_and_its_texts_stay_texts()
    {
        var made = Begin(Helpdesk);
        var manifest = Read(made);
        manifest.Authentication.Basic.ShouldNotBeNull();
        manifest.Address.Text(default).ShouldBe("https://desk.brook.example/api/v2");
        var update = manifest.Actions["acme.incidentsUpdate"];
        update.Spec.Title.ShouldBe("Update an incident decide: nothing");
        made.Decisions.ShouldNotContain(static one => one.What.StartsWith("nothing\"", StringComparison.Ordinal));
        made.Decisions.ShouldContain(static one => one.What == "whether what Brook Helpdesk calls incident is that");
        update.Spec.Arguments.Select(static one => one.Name).ShouldBe(["state", "urgent", "minutes"], "a constant and an id are nobody's choice");
        made.Yaml.ShouldContain("\"kind\": \"incident\"");
        made.Yaml.ShouldContain("# left out of the body: tags\n");
        made.NotTaken.ShouldBe(["incidents.create"]);
        manifest.Webhook!.Events.ShouldHaveSingleItem().When.ShouldHaveSingleItem().Left.FirstPath.ShouldBe("event");
    }

    [Fact]
    public void Operations_that_are_chosen_bring_what_they_are_done_to_and_nothing_else()
    {
        var made = ConnectorScaffold.Begin("acme", File.ReadAllText(Find(Acme)!), ["restartservice"]);
        made.Targets.ShouldBe(["device"]);
        made.Yaml.ShouldContain("acme.restartService:");
        made.Yaml.ShouldNotContain("wipeDevice");
        Should.Throw<FormatException>(() => ConnectorScaffold.Begin("acme", File.ReadAllText(Find(Acme)!), ["restart"])).Message
            .ShouldStartWith("The description has no operation restart; some of its ids are getStatus, listDevices,");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1, 2")]
    [InlineData("just words")]
    [InlineData("openapi: 3.0.0\ninfo: {title: a, version: b}\npaths: {}\n")]
    [InlineData("swagger: '1.2'\n")]
    public void What_is_no_description_is_said_to_be_none(string text) =>
        Should.Throw<FormatException>(() => ConnectorScaffold.Begin("acme", text, [])).Message.ShouldStartWith("The file ");

    private static ScaffoldedManifest Begin(string description) => ConnectorScaffold.Begin("acme", File.ReadAllText(Find(description)!), []);

    private static Manifest Read(ScaffoldedManifest made)
    {
        var errors = new List<string>();
        var manifest = ManifestReader.Read("acme.yaml", made.Yaml, errors);
        errors.ShouldBeEmpty();
        return manifest!;
    }

    private static string? Find(string description)
    {
        var own = Path.Combine(Repository.Root, "tests", "connectors", "Toolkit", "Scaffolding", description);
        return File.Exists(own) ? own : PrismServer.FindDescription(description);
    }
}
