using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Configuration;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class AccessTests
{
    [Fact]
    public async Task Roles_come_from_configuration_without_regard_to_case()
    {
        var scene = new GateScene();
        var state = await scene.StateAsync();
        scene.Access.EverybodyIsAdministrator.ShouldBeFalse();
        scene.Access.GetRoles(state, Who("ADA")).ShouldBe([Role.Approver]);
        scene.Access.GetRoles(state, Who("ben")).ShouldBe([Role.Approver]);
        scene.Access.GetRoles(state, Who("olga")).ShouldBe([Role.Auditor]);
        scene.Access.GetRoles(state, Who("nobody")).ShouldBeEmpty();
        scene.Access.GetRoles(state, Who("")).ShouldBeEmpty();
        scene.Access.GetRoles(scene.States.Empty(Fabrikam), Who("ada")).ShouldBeEmpty();
        scene.Access.GetRoles(scene.States.Empty(Fabrikam), Who("olga")).ShouldBe([Role.Auditor]);
    }

    [Fact]
    public async Task What_was_given_and_taken_by_command_counts_before_configuration()
    {
        var scene = new GateScene();
        (await AssignAsync(scene, Root, new(Who("TIM"), "Tim Technician"), Role.Approver)).Message.ShouldBe(
            "Tim Technician is now approver of Contoso Ltd.");
        (await AssignAsync(scene, Root, Ada, Role.Approver, held: false)).Message.ShouldBe(
            "Ada Approver is no longer approver of Contoso Ltd.");
        var state = await scene.StateAsync();
        scene.Access.GetRoles(state, Who("tim")).Order().ShouldBe([Role.Technician, Role.Approver]);
        scene.Access.GetRoles(state, Who("ada")).ShouldBeEmpty();
        (await AssignAsync(scene, Root, Ada, Role.Approver)).IsDone.ShouldBeTrue();
        scene.Access.GetRoles(await scene.StateAsync(), Who("ada")).ShouldBe([Role.Approver]);
    }

    [Fact]
    public async Task Refusals()
    {
        var scene = new GateScene();
        (await AssignAsync(scene, Ada, Ada, Role.Administrator)).Message.ShouldBe(
            "Only administrators of Contoso Ltd may give or take roles.");
        (await AssignAsync(scene, Root, Root, Role.Administrator, held: false)).Message.ShouldBe(
            "Rita Root is the last administrator of Contoso Ltd; make somebody else administrator first.");
        (await AssignAsync(scene, Root, new(Who(" "), "x"), Role.Approver)).Refusal.ShouldBe(Refusal.BadInput);
        (await AssignAsync(scene, Root, Ada, (Role)99)).Refusal.ShouldBe(Refusal.BadInput);
        scene.Ledger.Entries(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task Asking_again_changes_nothing_and_says_so()
    {
        var scene = new GateScene();
        (await AssignAsync(scene, Root, Ada, Role.Approver)).ShouldBe(new(null, null, "Ada Approver is approver of Contoso Ltd already."));
        (await AssignAsync(scene, Root, Mia, Role.Auditor, held: false)).ShouldBe(
            new(null, null, "Mia Manager is not auditor of Contoso Ltd; nothing was taken."));
        scene.Ledger.Entries(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_last_administrator_may_go_once_there_is_another()
    {
        var scene = new GateScene();
        await AssignAsync(scene, Root, Ada, Role.Administrator);
        (await AssignAsync(scene, Root, Root, Role.Administrator, held: false)).IsDone.ShouldBeTrue();
        (await AssignAsync(scene, Root, Root, Role.Administrator)).Refusal.ShouldBe(Refusal.NotAllowed);
    }

    [Fact]
    public async Task Two_administrators_who_take_each_others_role_leave_one()
    {
        var scene = new GateScene();
        await AssignAsync(scene, Root, Ada, Role.Administrator);
        var results = await Task.WhenAll(
            Task.Run(() => AssignAsync(scene, Root, Ada, Role.Administrator, held: false)),
            Task.Run(() => AssignAsync(scene, Ada, Root, Role.Administrator, held: false)));
        results.Count(result => result.IsDone).ShouldBe(1);
        scene.Access.GetHolders(await scene.StateAsync(), Role.Administrator).Count.ShouldBe(1);
    }

    [Fact]
    public async Task In_local_mode_everybody_is_administrator_unless_set_otherwise()
    {
        var scene = new GateScene(isLocal: true);
        scene.Access.EverybodyIsAdministrator.ShouldBeTrue();
        scene.Access.GetRoles(await scene.StateAsync(), Who("nobody")).ShouldBe([Role.Administrator]);
        scene = new GateScene(isLocal: true, local: LocalAccess.None);
        scene.Access.EverybodyIsAdministrator.ShouldBeFalse();
        scene.Access.GetRoles(await scene.StateAsync(), Who("nobody")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_may_decide_sees_buttons_and_the_others_learn_why_not()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        var state = await scene.StateAsync();
        scene.Access.AuthorizeDecision(state, incident.Proposal, Who("ada")).ShouldBeNull();
        scene.Access.AuthorizeDecision(state, incident.Proposal, Who("mia"))!.Message.ShouldBe(
            "Only approvers and administrators of Contoso Ltd may approve CON-1001.");
        scene.Access.AuthorizeDecision(state, incident.Proposal, Who("nobody"))!.Refusal.ShouldBe(Refusal.NotAllowed);
        var forPeople = await scene.StagedAsync(Plan("site.wipe"), Con(1002));
        scene.Access.AuthorizeDecision(await scene.StateAsync(), forPeople.Proposal, Who("tim")).ShouldBeNull();
        await scene.DecideAsync(Command(Ada, incident));
        scene.Access.AuthorizeDecision(await scene.StateAsync(), (await scene.IncidentAsync()).Proposal, Who("ben"))!.Refusal.ShouldBe(
            Refusal.AlreadyDecided);
    }

    [Fact]
    public void Settings_are_read_and_all_mistakes_told()
    {
        const string AdaId = "00000000-0000-4000-8000-0000000000ad";
        var options = new AccessOptions();
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Access:Local"] = "none",
            ["Access:Roles:contoso:approver:0"] = AdaId,
            ["Access:Roles:contoso:approver:1"] = "dana@msp.example",
            ["Access:Roles:contoso:approver:2"] = "{00000000-0000-4000-8000-0000000000ad}",
            ["Access:Roles:*:boss:0"] = AdaId,
            ["Access:Roles:*:3:0"] = AdaId,
            ["Access:Roles:litware:auditor:0"] = " ",
            ["Access:Absences:0:Person"] = AdaId.ToUpperInvariant(),
            ["Access:Absences:0:Delegate"] = "Dana",
            ["Access:Absences:0:From"] = "2026-12-23T18:00+01:00",
            ["Access:Absences:0:Until"] = "2027-01-02T00:00+01:00",
            ["Access:Absences:1:Tenant"] = "litware",
            ["Access:Absences:1:Delegate"] = "",
            ["Access:Absences:1:From"] = "2027-01-02T00:00Z",
            ["Access:Absences:1:Until"] = "2026-12-23T00:00Z",
        }).Build().GetSection("Access").Bind(options);
        options.Local.ShouldBe(LocalAccess.None);
        options.Absences[0].From.ShouldBe(new DateTimeOffset(2026, 12, 23, 17, 0, 0, TimeSpan.Zero));
        options.Roles["Contoso"]["approver"][0].ShouldBe(AdaId);
        const string NoObjectId =
            "is no Entra object id, which is a GUID as in 01234567-89ab-cdef-0123-456789abcdef (of another directory: directory/object "
            + "id); Entra shows it on the user's page.";
        new AccessOptionsValidator(new GateScene()).Validate(null, options).Failures!.Order(StringComparer.Ordinal).ShouldBe([
            $"Access:Absences:0:Delegate: 'Dana' {NoObjectId}",
            "Access:Absences:1:Delegate: must be somebody else.",
            "Access:Absences:1:Person: must be an Entra object id.",
            "Access:Absences:1:Tenant: there is no tenant 'litware'.",
            "Access:Absences:1:Until: must be after From, by a year at most.",
            "Access:Roles:*:3: the roles are technician, approver, manager, administrator and auditor.",
            "Access:Roles:*:boss: the roles are technician, approver, manager, administrator and auditor.",
            $"Access:Roles:contoso:approver: 'dana@msp.example' {NoObjectId}",
            $"Access:Roles:contoso:approver: '{{00000000-0000-4000-8000-0000000000ad}}' {NoObjectId}",
            "Access:Roles:litware: there is no such tenant.",
            "Access:Roles:litware:auditor: must be a list of Entra object ids.",
        ]);
    }

    private static Task<RequestResult> AssignAsync(GateScene scene, Person by, Person to, Role role, bool held = true) =>
        new AssignRoleHandler(scene.Recorder, scene.Access).Handle(new(Contoso, by, to, role, held, NewMessage()), Cancelled);
}
