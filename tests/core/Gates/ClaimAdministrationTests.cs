using System.Globalization;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Gates;

/// <summary>The code that a start prints makes one person administrator, once, within ten minutes.</summary>
public sealed class ClaimAdministrationTests
{
    private static readonly Person Zoe = new(Who("99999999-0000-4000-8000-000000000001"), "Zoe");
    private static readonly Person Yan = new(Who("99999999-0000-4000-8000-000000000002"), "Yan");
    private readonly GateScene scene = new();
    private readonly AdministratorCode code;
    private readonly AccessOptions options = new() { FirstAdministratorCode = true };

    public ClaimAdministrationTests() => code = new(scene.Documents, scene.Clock);

    [Fact]
    public async Task Whoever_types_it_is_administrator_of_every_client_on_record()
    {
        await code.IssueAsync(GateScene.Cancelled);
        code.Issued.ShouldNotBeNull().ShouldMatch("^([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}$");
        var result = await ClaimAsync(Zoe, code.Issued);
        result.IsDone.ShouldBeTrue(result.Message);
        result.Message.ShouldStartWith("You are now administrator of Contoso Ltd, Fabrikam Inc.");
        foreach (var tenant in scene.All)
        {
            var entry = (await scene.Ledger.ReadStreamAsync(tenant.Id, StreamId.Access, GateScene.Cancelled)).ShouldHaveSingleItem();
            entry.Actor.ShouldBe(Actor.Service("one-time code"));
            entry.Fact.ShouldBe(new RoleAssigned(Zoe.ObjectId.Value, "Zoe", Role.Administrator, Held: true));
        }
        (await ClaimAsync(Yan, code.Issued)).Message.ShouldStartWith("There is no code that is good now");
        (await scene.Ledger.HeadAsync(GateScene.Contoso, GateScene.Cancelled)).ShouldBe(1);
    }

    [Theory]
    [InlineData("as printed", true)]
    [InlineData("lower case", true)]
    [InlineData("spaces", true)]
    [InlineData("a letter more", false)]
    [InlineData("a letter less", false)]
    [InlineData("empty", false)]
    public async Task However_it_is_typed_it_is_the_code_or_not(string how, bool isRight)
    {
        await code.IssueAsync(GateScene.Cancelled);
        var printed = code.Issued!;
        var typed = how switch
        {
            "lower case" => printed.ToLowerInvariant(),
            "spaces" => printed.Replace('-', ' '),
            "a letter more" => printed + "2",
            "a letter less" => printed[..^1],
            "empty" => "",
            _ => printed,
        };
        (await ClaimAsync(Zoe, typed)).IsDone.ShouldBe(isRight);
    }

    [Fact]
    public async Task After_ten_minutes_or_ten_wrong_ones_it_is_good_no_more()
    {
        await code.IssueAsync(GateScene.Cancelled);
        for (var n = 0; n < 10; n++)
            (await ClaimAsync(Yan, "K7QF-9D2M-XRT4-W8HB")).Refusal.ShouldBe(Refusal.NotAllowed);
        (await ClaimAsync(Zoe, code.Issued!)).Refusal.ShouldBe(Refusal.NotPossible);

        var next = new AdministratorCode(scene.Documents, scene.Clock);
        await next.IssueAsync(GateScene.Cancelled);
        scene.Clock.Advance(AdministratorCode.GoodFor);
        (await ClaimAsync(Zoe, next.Issued!)).Refusal.ShouldBe(Refusal.NotPossible);
        (await scene.Ledger.HeadAsync(GateScene.Contoso, GateScene.Cancelled)).ShouldBe(0);
    }

    [Fact]
    public async Task Typed_where_others_read_it_makes_nobody_administrator_and_is_void()
    {
        await code.IssueAsync(GateScene.Cancelled);
        var result = await ClaimAsync(Zoe, code.Issued!, isPrivate: false);
        result.Message.ShouldStartWith("Others read this conversation");
        result.Message.ShouldEndWith("The code that stood there is good no more. Start the bot again for another.");
        (await ClaimAsync(Yan, code.Issued!)).Refusal.ShouldBe(Refusal.NotPossible);
        (await scene.Ledger.HeadAsync(GateScene.Contoso, GateScene.Cancelled)).ShouldBe(0);
    }

    [Fact]
    public async Task Of_two_who_type_it_at_once_one_is_first()
    {
        await code.IssueAsync(GateScene.Cancelled);
        var results = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(n => Task.Run(() => ClaimAsync(n % 2 == 0 ? Zoe : Yan, code.Issued!))));
        results.Count(static result => result.IsDone).ShouldBe(1);
        (await scene.Ledger.HeadAsync(GateScene.Contoso, GateScene.Cancelled)).ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_is_not_of_this_directory_cannot_use_it_and_having_it_voids_it()
    {
        await code.IssueAsync(GateScene.Cancelled);
        var foreign = new Person(Who("77777777-0000-4000-8000-000000000001/99999999-0000-4000-8000-000000000003"), "Guest");
        (await ClaimAsync(foreign, "K7QF-9D2M-XRT4-W8HB")).Refusal.ShouldBe(Refusal.NotAllowed);
        (await ClaimAsync(Zoe, code.Issued!)).IsDone.ShouldBeTrue("a wrong one voids nothing");

        var next = await AnotherAsync();
        (await ClaimAsync(foreign, next.Issued!, by: next)).Message.ShouldEndWith("Start the bot again for another.");
        (await ClaimAsync(Zoe, next.Issued!, by: next)).Refusal.ShouldBe(Refusal.NotPossible);

        next = await AnotherAsync();
        (await ClaimAsync(Yan, next.Issued!, by: next, isGuest: true)).Refusal.ShouldBe(Refusal.NotAllowed);
        (await ClaimAsync(Zoe, next.Issued!, by: next)).Refusal.ShouldBe(Refusal.NotPossible);
    }

    [Theory]
    [InlineData("claim {0} it worked on my side", true)]
    [InlineData("I typed claim {0}, and now?", true)]
    [InlineData("the code is{0}", true)]
    [InlineData("nothing of it", false)]
    [InlineData("", false)]
    public async Task Wherever_it_stands_in_what_others_read_it_is_void(string said, bool isVoid)
    {
        await code.IssueAsync(GateScene.Cancelled);
        var text = string.Format(CultureInfo.InvariantCulture, said, code.Issued!.ToLowerInvariant());
        (await code.VoidIfSaidAsync(text, GateScene.Cancelled)).ShouldBe(isVoid);
        (await ClaimAsync(Zoe, code.Issued!)).IsDone.ShouldBe(!isVoid);
    }

    [Fact]
    public async Task Without_the_setting_none_is_taken()
    {
        await code.IssueAsync(GateScene.Cancelled);
        options.FirstAdministratorCode = false;
        (await ClaimAsync(Zoe, code.Issued!)).Refusal.ShouldBe(Refusal.NotPossible);
        options.FirstAdministratorCode = true;
        (await ClaimAsync(Zoe, code.Issued!)).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_that_has_an_administrator_keeps_them_alone()
    {
        options.Roles["contoso"] = new() { ["administrator"] = [Yan.ObjectId.Value] };
        await code.IssueAsync(GateScene.Cancelled);
        (await ClaimAsync(Zoe, code.Issued!)).Message.ShouldStartWith("You are now administrator of Fabrikam Inc.");
        (await scene.Ledger.HeadAsync(GateScene.Contoso, GateScene.Cancelled)).ShouldBe(0);
    }

    [Fact]
    public async Task Two_instances_have_one_code_between_them_and_keep_its_hash_alone()
    {
        var other = new AdministratorCode(scene.Documents, scene.Clock);
        await code.IssueAsync(GateScene.Cancelled);
        await other.IssueAsync(GateScene.Cancelled);
        other.Issued.ShouldBeNull();
        other.GoodUntil.ShouldBe(code.GoodUntil);
        var letters = code.Issued!.Replace("-", "", StringComparison.Ordinal);
        foreach (var (scope, kind, id) in scene.Documents.Keys)
            System.Text.Encoding.UTF8.GetString(scene.Documents[scope, kind, id]).ShouldNotContain(letters);
        (await ClaimAsync(Zoe, code.Issued, by: other)).IsDone.ShouldBeTrue();
    }

    private async Task<AdministratorCode> AnotherAsync()
    {
        scene.Clock.Advance(AdministratorCode.GoodFor);
        var next = new AdministratorCode(scene.Documents, scene.Clock);
        await next.IssueAsync(GateScene.Cancelled);
        return next;
    }

    private Task<RequestResult> ClaimAsync(Person who, string typed, bool isPrivate = true, AdministratorCode? by = null, bool isGuest = false) =>
        new ClaimAdministrationHandler(by ?? code, scene.Recorder, scene,
            new(new(() => new(Options.Create(options), scene, scene.Policies, scene.Clock)), CoreFeatures.Catalog), Options.Create(options))
            .Handle(new(who, typed, isPrivate, isGuest, CorrelationId.Parse("0123456789abcdef0123456789abcdef")), GateScene.Cancelled);
}
