using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Gates;

public sealed class SomebodyAdministersTests
{
    private static readonly Person Zoe = new(Who("99999999-0000-4000-8000-000000000001"), "Zoe");

    [Fact]
    public async Task Nobody_anywhere_is_refused_with_the_setting_that_names_the_first()
    {
        var scene = new GateScene();
        var refused = await Should.ThrowAsync<NoAdministratorException>(() => Look(scene, new()).StartingAsync(GateScene.Cancelled));
        refused.Message.ShouldContain("Access:Roles:contoso:administrator:0");
        refused.Message.ShouldContain("assign approver contoso @person");
    }

    [Fact]
    public async Task One_of_the_settings_will_do()
    {
        var options = new AccessOptions();
        options.Roles["fabrikam"] = new() { ["administrator"] = [Zoe.ObjectId.Value] };
        await Look(new GateScene(), options).StartingAsync(GateScene.Cancelled);
    }

    [Fact]
    public async Task One_on_the_ledger_will_do_until_the_role_is_taken_away()
    {
        var scene = new GateScene();
        await AssignAsync(scene, held: true);
        await Look(scene, new()).StartingAsync(GateScene.Cancelled);
        await AssignAsync(scene, held: false);
        await Should.ThrowAsync<NoAdministratorException>(() => Look(scene, new()).StartingAsync(GateScene.Cancelled));
        var options = new AccessOptions();
        options.Roles["contoso"] = new() { ["administrator"] = [Zoe.ObjectId.Value] };
        await Should.ThrowAsync<NoAdministratorException>(() => Look(scene, options).StartingAsync(GateScene.Cancelled),
            "what was taken away by command is not given back by the settings");
    }

    [Fact]
    public async Task Who_approves_administers_nobody()
    {
        var options = new AccessOptions();
        options.Roles["*"] = new() { ["approver"] = [Zoe.ObjectId.Value], ["manager"] = [Zoe.ObjectId.Value] };
        await Should.ThrowAsync<NoAdministratorException>(() => Look(new GateScene(), options).StartingAsync(GateScene.Cancelled));
    }

    [Fact]
    public Task In_local_mode_nobody_is_missed() => Look(new GateScene(isLocal: true), new()).StartingAsync(GateScene.Cancelled);

    private static SomebodyAdministers Look(GateScene scene, AccessOptions options, AdministratorCode? code = null) => new(
        scene, scene, scene.States, GetAdministrators(scene, options), Options.Create(options),
        code ?? new(new MemoryDocuments(), scene.Clock), NullLogger<SomebodyAdministers>.Instance);

    [Fact]
    public async Task Where_a_code_is_wanted_it_is_needed_while_a_client_has_nobody_and_not_afterwards()
    {
        var scene = new GateScene();
        var options = new AccessOptions { FirstAdministratorCode = true };
        var code = new AdministratorCode(new MemoryDocuments(), scene.Clock);
        await Look(scene, options, code).StartingAsync(GateScene.Cancelled);
        code.IsNeeded.ShouldBeTrue();
        options.Roles["*"] = new() { ["administrator"] = [Zoe.ObjectId.Value] };
        var none = new AdministratorCode(new MemoryDocuments(), scene.Clock);
        await Look(scene, options, none).StartingAsync(GateScene.Cancelled);
        none.IsNeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task A_start_without_the_setting_voids_the_code_of_an_earlier_one()
    {
        var scene = new GateScene();
        var documents = new MemoryDocuments();
        var code = new AdministratorCode(documents, scene.Clock);
        await code.IssueAsync(GateScene.Cancelled);
        var options = new AccessOptions { Roles = { ["*"] = new() { ["administrator"] = [Zoe.ObjectId.Value] } } };
        await Look(scene, options, new(documents, scene.Clock)).StartingAsync(GateScene.Cancelled);
        (await code.UseAsync(code.Issued!, GateScene.Cancelled)).ShouldBe(CodeUse.NoneGood);
    }

    private static Administrators GetAdministrators(GateScene scene, AccessOptions options) => new(
        new Lazy<ConfiguredAccess>(() => new(Options.Create(options), scene, scene.Policies, scene.Clock)), CoreFeatures.Catalog);

    private static async Task AssignAsync(GateScene scene, bool held) => await scene.Ledger.AppendAsync(
        GateScene.Contoso, [],
        [new(StreamId.Access, Zoe.AsActor(), GateScene.Correlation,
            new RoleAssigned(Zoe.ObjectId.Value, Zoe.Name, Role.Administrator, held))],
        GateScene.Cancelled);
}
