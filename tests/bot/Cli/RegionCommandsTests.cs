using DevOpsAI.Bot.Cli;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>What is kept of a tenant in another region is neither read nor written by a verb on this machine.</summary>
public sealed class RegionCommandsTests : IDisposable
{
    private const string Reason =
        "Contoso Ltd is kept in region eu-west; this instance is in us-east and does not serve it. Run this in eu-west; nothing was read "
        + "or written.";
    private readonly CommandScene scene = new();

    private string Out => Path.Combine(scene.Root, "out");

    public static TheoryData<string> Verbs =>
    [
        "ledger list --tenant contoso", "ledger list --tenant CONTOSO --json", "ledger list --tenant contoso --path DATA",
        "ledger verify --tenant contoso", "ledger verify --tenant contoso --path DATA",
        "ledger gaps --tenant contoso", "ledger checkpoint --tenant contoso", "ledger key --tenant contoso",
        "ledger key --new --tenant contoso",
        "ledger prove --tenant contoso --seq 1", "ledger prove --tenant contoso --seq 1 --out OUT",
        "ledger export --tenant contoso --out OUT", "ledger export --tenant contoso --path DATA --out OUT",
        "erase --tenant contoso --subject 8b1d", "keys rotate --tenant contoso",
    ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task A_verb_in_another_region_refuses_with_code_2_and_leaves_everything_as_it_is(string verb)
    {
        await scene.FillAsync();
        Pin("us-east");
        await scene.RefusedAsync(Reason, Words(verb));
        scene.Settings["Storage:Region"] = null;
        await scene.RefusedAsync("this instance names no region (Storage:Region)", Words(verb));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task In_its_own_region_it_works(string verb)
    {
        await scene.FillAsync();
        Pin("eu-west");
        var (code, output, error) = await scene.RunAsync(Words(verb));
        code.ShouldBe(0, output + error);
    }

    [Fact]
    public async Task Receipts_and_bundles_of_a_tenant_elsewhere_are_refused_too()
    {
        await scene.FillAsync();
        var receipt = Path.Combine(scene.Root, "a.tlog-proof");
        (await scene.RunAsync("ledger", "prove", "--tenant", "contoso", "--seq", "2", "--out", receipt)).Code.ShouldBe(0);
        (await scene.RunAsync("ledger", "export", "--tenant", "contoso", "--out", Out)).Code.ShouldBe(0);
        var key = (await scene.RunAsync("ledger", "key", "--tenant", "contoso")).Output.Trim();
        (await scene.RunAsync("ledger", "check-receipt", receipt, "--key", key)).Code.ShouldBe(0);
        (await scene.RunAsync("ledger", "verify", "--bundle", Out)).Code.ShouldBe(0);
        Pin("us-east");
        await scene.RefusedAsync(Reason, "ledger", "check-receipt", receipt, "--key", key, "--json");
        await scene.RefusedAsync(Reason, "ledger", "verify", "--bundle", Out, "--json");
    }

    [Fact]
    public async Task What_is_about_all_tenants_leaves_it_out_and_says_so()
    {
        await scene.FillAsync();
        scene.Settings["Tenants:fabrikam:Name"] = "Fabrikam Inc";
        Pin("us-east");
        var (code, output, _) = await scene.RunAsync("ledger", "verify", "--all");
        code.ShouldBe(LedgerCommands.Usage);
        output.Split('\n').Where(static line => line.StartsWith("contoso", StringComparison.Ordinal))
            .ShouldBe(["contoso: NOT VERIFIED here. Contoso Ltd is kept in region eu-west; this instance is in us-east and does not "
                + "serve it."]);
        (await scene.RunAsync("ledger", "verify", "--all", "--json")).Output.ShouldContain("\"status\":\"elsewhere\"");
        var keys = (await scene.RunAsync("ledger", "key")).Output;
        keys.ShouldContain("devops-ai-bot/fabrikam");
        keys.ShouldNotContain("contoso");
    }

    public void Dispose() => scene.Dispose();

    private void Pin(string here) => (scene.Settings["Tenants:contoso:Region"], scene.Settings["Storage:Region"]) = ("eu-west", here);

    private string[] Words(string verb) =>
        [.. verb.Split(' ').Select(word => word switch { "OUT" => Out, "DATA" => scene.Data, _ => word })];
}
