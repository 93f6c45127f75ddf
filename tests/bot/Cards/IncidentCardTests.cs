using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

public sealed class IncidentCardTests
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Phases => [.. CardStates.Names];

    [Theory]
    [InlineData("Probe failed on portal", false)]
    [InlineData("Prüfung schlug fehl – portal", false)]
    [InlineData("Probe failed on p\u043Ertal", true)]
    [InlineData("Probe failed on portal\u0451", true)]
    [InlineData("Probe failed on portal\u0301", true)]
    [InlineData("Probe failed on portal2", true)]
    public async Task The_device_is_named_beside_a_title_that_does_not_name_it_and_only_there(string title, bool beside)
    {
        var about = new IncidentScript { Title = title, Device = "portal",
            Plan = new([IncidentScript.CleanUp("portal")]) }.Opened().Drafted().Staged();
        var card = IncidentCard.Build(TestViews.For(about, new GivenAccess())
            .ForEverybody(await about.StateAsync(), await about.IncidentAsync(), Anywhere)).AsReceived();
        VisibleWords.For(card).Contains(" · portal · ", StringComparison.Ordinal).ShouldBe(beside);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Every_phase_looks_as_approved_for_everybody_and_for_an_approver(string phase)
    {
        var (everybody, approver) = await DrawAsync(phase, local: false);
        Compare($"{phase}.everybody.json", everybody);
        Compare($"{phase}.approver.json", approver);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task No_card_says_a_reading_by_the_name_that_connectors_give_it(string phase)
    {
        var (everybody, approver) = await DrawAsync(phase, local: false);
        foreach (var card in new[] { everybody, approver })
            card.ToJsonString().ShouldNotContain("freePercent");
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Every_card_is_valid_and_small(string phase)
    {
        foreach (var local in new[] { true, false })
        {
            var (everybody, approver) = await DrawAsync(phase, local);
            foreach (var card in new[] { everybody, approver })
            {
                CardSchema.Problems(card).ShouldBeEmpty();
                card.ToJsonString().Length.ShouldBeLessThan(Card.MaxBytes);
                card.ToJsonString().ShouldNotContain("UTC", Case.Sensitive, "instants are written in the zone of whoever reads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Every_page_of_details_is_written_in_the_zone_of_whoever_reads(string phase)
    {
        var story = CardStates.For(phase);
        var view = TestViews.For(story, new GivenAccess()).ForPerson(await story.StateAsync(), await story.IncidentAsync(), Anywhere,
            IncidentScript.Ravi);
        var pages = string.Concat(DetailPages.From(view).All.SelectMany(static page => page)
            .Select(static part => part.AsReceived().ToJsonString()));
        pages.ShouldContain(CardText.Instant(IncidentScript.Start));
        pages.ShouldNotContain("UTC");
    }

    [Fact]
    public async Task Only_the_approver_s_own_card_has_decision_buttons()
    {
        var (everybody, approver) = await DrawAsync("waiting", local: false);
        Titles(approver).ShouldBe(["Approve", "Edit", "Reject", "Snooze", "Details"]);
        Titles(everybody).ShouldBe(["Review", "Details"]);
        everybody["refresh"]!["userIds"]!.AsArray().Select(id => (string)id!).ShouldBe(["29:ravi"]);
    }

    [Fact]
    public async Task A_technician_s_own_card_can_be_snoozed_and_names_who_may_decide()
    {
        var story = CardStates.For("waiting");
        var access = new GivenAccess().Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver).Give(IncidentScript.Contoso,
            IncidentScript.Dana, Role.Technician);
        var card = IncidentCard.Build(TestViews.For(story, access)
            .ForPerson(await story.StateAsync(), await story.IncidentAsync(), Anywhere, IncidentScript.Dana)).AsReceived();
        Titles(card).ShouldBe(["Snooze", "Details"]);
        VisibleWords.For(card).ShouldContain("L2 · Approve to proceed by 11/21/2026 7:00 AM: Ravi Approver");
    }

    [Fact]
    public async Task Where_everybody_is_administrator_the_shared_card_has_the_buttons_and_says_so()
    {
        var (everybody, _) = await DrawAsync("waiting", local: true);
        Titles(everybody).ShouldContain("Approve");
        VisibleWords.For(everybody).ShouldContain(HeaderSection.LocalModeLabel);
        VisibleWords.For(everybody).ShouldContain(HeaderSection.SimulationWord);
        everybody.ToJsonString(Readable).ShouldContain(HeaderSection.SimulationLabel);
    }

    [Fact]
    public async Task An_irreversible_plan_has_no_approve_button_on_its_first_screen()
    {
        var (everybody, approver) = await DrawAsync("needs-review", local: true);
        Titles(everybody).ShouldNotContain("Approve");
        Titles(approver).ShouldNotContain("Approve");
    }

    [Theory]
    [InlineData("waiting", "Approve,Edit")]
    [InlineData("needs-review", "")]
    [InlineData("failed", "Draft again")]
    [InlineData("verified", "Undo")]
    [InlineData("undo-waiting", "Approve")]
    [InlineData("glass-can-be-broken", "Approve,Edit,Break glass")]
    public async Task While_the_client_is_frozen_no_button_offers_to_run_anything(string phase, string lost)
    {
        var story = CardStates.For(phase);
        var access = new GivenAccess().Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver);
        var before = await TitlesAsync();
        foreach (var cause in new FreezeCause?[] { null, FreezeCause.Everything })
        {
            story.Append(Ledger.StreamId.Freeze, new FreezeSet("Strange logins") { Cause = cause }, IncidentScript.Dana.AsActor());
            (await TitlesAsync()).ShouldBe(before.Except(lost.Split(',')));
            var card = await DrawnAsync();
            VisibleWords.For(card)
                .ShouldContain($"{(cause is null ? "Frozen" : "Everything is frozen")} by Dana Technician: Strange logins");
            story.Append(Ledger.StreamId.Freeze, new FreezeLifted(null) { Everything = cause is null ? null : true },
                IncidentScript.Ravi.AsActor());
            (await TitlesAsync()).ShouldBe(before, "it is lifted");
        }
        var planned = TestViews.For(story, access, policy: CardStates.YearEnd);
        Titles(IncidentCard.Build(planned.ForPerson(await story.StateAsync(), await story.IncidentAsync(), Anywhere,
            IncidentScript.Ravi)).AsReceived())
            .ShouldBe(before.Except(lost.Split(',')));

        async Task<JsonNode> DrawnAsync() =>
            IncidentCard.Build(TestViews.For(story, access)
                .ForPerson(await story.StateAsync(), await story.IncidentAsync(), Anywhere, IncidentScript.Ravi)).AsReceived();
        async Task<List<string>> TitlesAsync() => [.. Titles(await DrawnAsync())];
    }

    [Fact]
    public async Task After_an_undo_the_card_asks_what_happens_instead()
    {
        var (everybody, approver) = await DrawAsync("taken-back", local: false);
        Titles(approver).ShouldBe(["Handled", "Snooze", "Draft again", "Details"]);
        VisibleWords.For(everybody).ShouldContain("Taken back, still firing");
        VisibleWords.For(everybody).ShouldContain("Taken back; the alert still fires: nothing has been done about it.");
        VisibleWords.For(everybody).ShouldNotContain("has 24 % free", Case.Sensitive, "that holds no more");
    }

    [Fact]
    public async Task A_new_plan_after_an_undo_comes_before_what_was_taken_back()
    {
        var (_, approver) = await DrawAsync("reopened", local: false);
        var seen = VisibleWords.For(approver);
        seen.IndexOf("Low risk", StringComparison.Ordinal)
            .ShouldBeInRange(0, seen.IndexOf("Undo: Files are back.", StringComparison.Ordinal), seen);
    }

    [Fact]
    public async Task The_risk_of_what_was_found_is_not_taken_for_that_of_a_ticket_about_it()
    {
        var (_, approver) = await DrawAsync("out-of-band", local: false);
        VisibleWords.For(approver).ShouldContain("High risk found; this changes nothing in use.");
    }

    [Theory]
    [InlineData("東京本社SRV01", "印刷スプーラー")]
    [InlineData("\u05E9\u05E8\u05EA-01", "\u05D2\u05D9\u05D1\u05D5\u05D9 3")]
    [InlineData("größe-büro01", "Überwachung")]
    public async Task A_device_of_any_script_is_named_once_in_title_sentence_and_command(string device, string service)
    {
        var (_, approver) = await CardStates.DrawAsync("waiting", new("Contoso Ltd", device, service, "Ravi"));
        var seen = VisibleWords.For(approver.AsReceived());
        (seen.Split(device).Length - 1).ShouldBe(3, seen);
        seen.ShouldNotContain("look-alike");
    }

    [Fact]
    public async Task Undo_asks_first_and_says_what_comes_of_it()
    {
        var (_, approver) = await DrawAsync("verified", local: false);
        var undo = approver["actions"]!.AsArray().Single(action => (string)action!["title"]! == "Undo")!;
        ((string)undo["type"]!).ShouldBe("Action.ShowCard");
        undo["card"]!["body"]!.ToJsonString().ShouldContain("may be so again");
        ((string)undo["card"]!["actions"]![0]!["verb"]!).ShouldBe(Verb.Undo);
    }

    [Fact]
    public async Task A_verified_card_offers_undo_only_while_it_is_possible()
    {
        var story = CardStates.For("verified");
        var access = new GivenAccess().Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver);
        var views = TestViews.For(story, access);
        Titles(IncidentCard.Build(views.ForPerson(await story.StateAsync(), await story.IncidentAsync(), Anywhere,
            IncidentScript.Ravi)).AsReceived())
            .ShouldContain("Undo");
        story.Clock.Advance(TimeSpan.FromHours(3));
        Titles(IncidentCard.Build(views.ForPerson(await story.StateAsync(), await story.IncidentAsync(), Anywhere,
            IncidentScript.Ravi)).AsReceived())
            .ShouldNotContain("Undo");
    }

    [Theory]
    [InlineData("user", false, "User")]
    [InlineData("mailbox", false, "Mailbox")]
    [InlineData("site", false, "Site")]
    [InlineData("device", false, "Device")]
    [InlineData(null, true, "User")]
    [InlineData(null, false, "Device")]
    public async Task What_it_is_about_is_called_by_its_name(string? targetKind, bool aboutUser, string label)
    {
        var story = new IncidentScript { AboutUser = aboutUser }.Opened().Drafted(targetKind: targetKind).Staged();
        var card = IncidentCard.Build(TestViews.For(story, new GivenAccess())
            .ForEverybody(await story.StateAsync(), await story.IncidentAsync(), Anywhere)).AsReceived().ToJsonString();
        foreach (var other in new[] { "User", "Mailbox", "Site", "Device" })
            card.Contains($"\"title\":\"{other}\"", StringComparison.Ordinal).ShouldBe(other == label, card);
    }

    internal static IEnumerable<string> Titles(JsonNode card) =>
        card["actions"]?.AsArray().Select(action => (string)action!["title"]!) ?? [];

    private static async Task<(JsonNode Everybody, JsonNode Approver)> DrawAsync(string phase, bool local)
    {
        var (everybody, approver) = await CardStates.DrawAsync(phase, local: local);
        return (everybody.AsReceived(), approver.AsReceived());
    }

    /// <summary>A changed card fails here with the new one beside the approved one; run with APPROVE_CARDS=1 to accept.</summary>
    private static void Compare(string name, JsonNode card, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(source)!, "Approved", name);
        var drawn = card.ToJsonString(Readable) + "\n";
        if (Environment.GetEnvironmentVariable("APPROVE_CARDS") == "1")
            File.WriteAllText(path, drawn);
        File.Exists(path).ShouldBeTrue($"{name} was never approved; run with APPROVE_CARDS=1 and look at it");
        drawn.ShouldBe(File.ReadAllText(path));
    }
}
