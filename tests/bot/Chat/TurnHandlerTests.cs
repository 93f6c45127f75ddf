using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Chat;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Completeness;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Digests;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Cards;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Chat;

public sealed class TurnHandlerTests : IDisposable
{
    private static readonly CorrelationId Correlation = CorrelationId.Parse("c0ffee00c0ffee00c0ffee00c0ffee01");
    private static readonly Person Stranger = new(Who("99999999-9999-4999-8999-999999999999"), "Stranger");

    private readonly IncidentScript story = new();
    private readonly IncidentScript fabrikam;
    private readonly GivenAccess access = new GivenAccess()
        .Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver).Give(IncidentScript.Fabrikam, IncidentScript.Ravi, Role.Approver)
        .Give(IncidentScript.Contoso, IncidentScript.Dana, Role.Technician);
    private readonly ServiceProvider services;
    private readonly RecordingMediator mediator;
    private readonly IDocuments documents;
    private readonly DevOpsAI.Tests.Cards.HandSwitch killSwitch = new(IncidentScript.Contoso.Id);
    private readonly ITurnHandler handler;
    private readonly List<OutgoingMessage> replies = [];

    public TurnHandlerTests()
    {
        fabrikam = new(IncidentScript.Fabrikam, ledger: story.Ledger, clock: story.Clock) { Title = "Disk on the other SRV-FILE01" };
        story.Linked().Opened().Drafted().Staged();
        fabrikam.Opened().Drafted().Staged();
        services = ChatScene.Build(story, access, more => more.AddSingleton<IKillSwitch>(killSwitch));
        mediator = (RecordingMediator)services.GetRequiredService<IMediator>();
        documents = services.GetRequiredService<IDocuments>();
        handler = services.GetRequiredService<ITurnHandler>();
    }

    public void Dispose() => services.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Under_the_kill_switch_whoever_asks_is_answered_and_told_on_top_that_it_is_on()
    {
        (await SayAsync(IncidentScript.Ravi, "pending")).ShouldNotContain("kill switch");
        killSwitch.Throw();
        var result = await SayAsync(IncidentScript.Ravi, "pending");
        result.ShouldContain("The kill switch is on for Contoso Ltd: nothing is drafted, posted, approved or executed.");
        result.IndexOf("kill switch", StringComparison.Ordinal).ShouldBeLessThan(result.IndexOf("CON-1001", StringComparison.Ordinal));
        killSwitch.Lift();
        (await SayAsync(IncidentScript.Ravi, "pending")).ShouldNotContain("kill switch");
    }

    [Theory]
    [InlineData("claim {0} it worked on my side", "28:bot")]
    [InlineData("I typed {0} into the other chat", "28:bot")]
    [InlineData("who has it? {0}", null)]
    public async Task A_code_for_the_first_administrator_that_others_read_is_void_whoever_wrote_it(string said, string? mentioned)
    {
        var code = services.GetRequiredService<AdministratorCode>();
        await code.IssueAsync(Token);
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, said, code.Issued);
        await handler.OnMessageAsync(Turn(null, text, mentioned: mentioned), Token);
        replies.ShouldHaveSingleItem().Card.ShouldNotBeNull().AsReceived().ToJsonString()
            .ShouldContain("Others read this conversation, so the code");
        mediator.Sent.ShouldBeEmpty();
        (await code.UseAsync(code.Issued!, Token)).ShouldBe(CodeUse.NoneGood);
    }

    [Fact]
    public async Task Digest_tells_what_happened_since_the_last_one_to_who_may_see_the_client()
    {
        var card = await SayAsync(IncidentScript.Ravi, "digest contoso");
        card.ShouldContain("Incidents opened");
        card.ShouldContain("CON-1001");
        card.ShouldNotContain("FAB-1001");
        replies[^1].Evidence.ShouldNotBeNull().Purpose.ShouldBe("digest-asked");
        CardSchema.Problems(replies[^1].Card!.AsReceived()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_digest_that_is_asked_for_begins_at_the_last_one_of_that_conversation_or_a_day_ago()
    {
        story.Append(StreamId.Digest(Conversation("19:other@thread.tacv2")),
            new DevOpsAI.Digests.DigestSending(Conversation("19:other@thread.tacv2"), IncidentScript.Start, 99, 0),
            Actor.Service("digests"));
        var personal = await SayAsync(IncidentScript.Ravi, "digest contoso", personal: true);
        personal.ShouldContain("Incidents opened");
        personal.ShouldContain("The last 24 h");
        story.Clock.Advance(TimeSpan.FromDays(2));
        (await SayAsync(IncidentScript.Ravi, "digest contoso", personal: true)).ShouldContain("Nothing happened");
        (await SayAsync(IncidentScript.Ravi, "how did last week go for contoso?", personal: true)).ShouldContain("Incidents opened");
        (await SayAsync(IncidentScript.Ravi, "digest")).ShouldContain(
            "Incidents opened", Case.Sensitive, "the channel had none since it was linked");
    }

    [Fact]
    public async Task Naming_a_client_that_one_may_not_see_never_means_the_one_that_is_linked()
    {
        foreach (var text in new[] { "freeze fabrikam backup restore", "freeze FAB now", "unfreeze fabrikam",
            "assign manager fabrikam Dana Technician", "absent fabrikam until 2027-01-02" })
            (await SayAsync(IncidentScript.Dana, text)).ShouldContain("I know no client");
        foreach (var text in new[] { "unlink", "erase someone@example.com" })
            (await SayAsync(Stranger, text)).ShouldSatisfyAllConditions(
                said => said.ShouldContain("no role"), said => said.ShouldNotContain("ontoso"));
        mediator.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plain_questions_are_answered_and_never_act()
    {
        (await SayAsync(IncidentScript.Ravi, "is contoso frozen?")).ShouldContain("No, nobody has frozen Contoso Ltd");
        (await SayAsync(IncidentScript.Ravi, "who approved CON-1001 and why?")).ShouldContain("Why CON-1001?");
        (await SayAsync(IncidentScript.Ravi, "Who can approve CON-1001?")).ShouldContain("CON-1001 can be decided by");
        (await SayAsync(IncidentScript.Dana, "is fabrikam frozen")).ShouldContain("I know no client");
        (await SayAsync(IncidentScript.Ravi, "is anything frozen?", personal: true)).ShouldContain("none of your 2 clients is frozen");
        story.Append(StreamId.Freeze, new FreezeSet("patch day"), IncidentScript.Dana.AsActor());
        (await SayAsync(IncidentScript.Ravi, "is contoso frozen?")).ShouldSatisfyAllConditions(
            said => said.ShouldContain("Yes. Contoso Ltd is frozen since 2026-11-21 03:00 UTC by Dana Technician: patch day."),
            said => said.ShouldContain("It can be lifted by Ravi Approver."));
        (await SayAsync(IncidentScript.Ravi, "are any clients frozen?", personal: true)).ShouldContain("1 of your 2 clients is frozen");
        mediator.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Which_client_is_asked_back_with_those_there_are() =>
        (await SayAsync(IncidentScript.Ravi, "how did last week go?", personal: true)).ShouldContain(
            "how did last week go for <client>? – yours: contoso, fabrikam");

    [Fact]
    public async Task What_happened_to_a_device_is_told_by_any_of_its_names_and_only_of_clients_one_may_see()
    {
        (await SayAsync(IncidentScript.Ravi, "What happened to SRV-FILE01 today?")).ShouldSatisfyAllConditions(
            said => said.ShouldContain("1 incident about SRV-FILE01 in the last 24 h"), said => said.ShouldContain("CON-1001"),
            said => said.ShouldNotContain("FAB-1001"));
        (await SayAsync(IncidentScript.Ravi, "what happened to srv-file01.contoso.local", personal: true)).ShouldContain("FAB-1001");
        (await SayAsync(IncidentScript.Dana, "what happened to srv-file01 lately?", personal: true)).ShouldNotContain("FAB-1001");
        (await SayAsync(IncidentScript.Ravi, "what happened to SRV-FILE0?")).ShouldContain(
            "I know of nothing that was reported or done about “SRV-FILE0”.");
        (await SayAsync(Stranger, "what happened to SRV-FILE01?", personal: true)).ShouldNotContain("CON-1001");
        (await SayAsync(IncidentScript.Ravi, "is SRV-FILE01 ok?")).ShouldContain("1 incident about SRV-FILE01 in the last 7 days, 1 open");
        (await SayAsync(IncidentScript.Dana, "why is FAB-1001 so slow?", personal: true)).ShouldContain(
            "I know of nothing that was reported or done about “FAB-1001”.");
        (await SayAsync(IncidentScript.Ravi, "what happened to contoso this week?")).ShouldContain("Digest of");
        story.Decided(DecisionKind.Reject, reason: "no").Closed("rejected");
        story.Clock.Advance(TimeSpan.FromDays(3));
        (await SayAsync(IncidentScript.Ravi,
            "what happened to SRV-FILE01 today?")).ShouldContain("Nothing about SRV-FILE01 in the last 24 h");
        CardSchema.Problems(replies[^1].Card!.AsReceived()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_ran_without_asking_is_listed_with_what_it_did()
    {
        (await SayAsync(IncidentScript.Ravi, "what did the bot do by itself today?")).ShouldContain(
            "The bot did nothing by itself for Contoso Ltd in the last 24 h.");
        var alone =
            new IncidentScript(ledger: story.Ledger, clock: story.Clock, about: Con(1002)) { Device = "SRV-SQL01", Title = "Processor load" };
        alone.Opened().Drafted().Staged(GateLevel.L1).Started().Step().Finished();
        (await SayAsync(IncidentScript.Ravi, "What did the bot do by itself today?")).ShouldSatisfyAllConditions(
            said => said.ShouldContain("Done without asking for Contoso Ltd in the last 24 h: 1 incident"),
            said => said.ShouldContain("CON-1002"), said => said.ShouldNotContain("CON-1001"),
            said => said.ShouldContain("{{DATE(2026-11-21T03:00:00Z,SHORT)}} {{TIME(2026-11-21T03:00:00Z)}}"),
            said => said.ShouldContain(": Clean up temporary files on C: on SRV-FILE01"));
        CardSchema.Problems(replies[^1].Card!.AsReceived()).ShouldBeEmpty();
        (await SayAsync(IncidentScript.Dana, "what did you do without asking at fabrikam?",
            personal: true)).ShouldContain("I know no client");
    }

    [Fact]
    public async Task What_a_person_approved_and_took_back_was_not_done_without_asking()
    {
        story.Decided(DecisionKind.Approve).Started().Step().Finished().Closed("verified")
            .Staged(GateLevel.L1, revision: 2, kind: ProposalKind.Undo).UndoRun(ExecutionOutcome.Verified);
        (await SayAsync(IncidentScript.Ravi, "what did the bot do by itself today?")).ShouldContain(
            "The bot did nothing by itself for Contoso Ltd in the last 24 h.");
    }

    [Theory]
    [InlineData("who is on call?")]
    [InlineData("how many servers does contoso have")]
    [InlineData("is the freeze of contoso going to be lifted soon?")]
    [InlineData("did the backup run?")]
    public async Task A_question_that_is_not_understood_is_said_so_with_those_that_are(string text)
    {
        (await SayAsync(IncidentScript.Ravi, text)).ShouldSatisfyAllConditions(
            said => said.ShouldContain("I cannot answer"), said => said.ShouldContain("what happened to SRV-FILE01 today?"),
            said => said.ShouldNotContain("assign <role>"));
        CardSchema.Problems(replies[^1].Card!.AsReceived()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_waits_is_listed_page_by_page_with_a_button_that_brings_each_card()
    {
        for (var number = 1002; number < 1014; number++)
            new IncidentScript(ledger: story.Ledger, clock: story.Clock, about: Con(number)) { Device = $"SRV-{number}" }.Opened()
                .Drafted().Staged();
        var first = await SayAsync(IncidentScript.Ravi, "pending");
        first.ShouldContain("13 open");
        first.ShouldContain("Page 1 of 2");
        CardSchema.Problems(replies[^1].Card!.AsReceived()).ShouldBeEmpty();
        var second = Text(await PressAsync(IncidentScript.Ravi, Verb.Pending, JsonDocument.Parse("""{"page":1}""").RootElement));
        Enumerable.Range(1001, 13).ShouldAllBe(number => first.Contains($"CON-{number}") != second.Contains($"CON-{number}"));
        Text(await PressAsync(Stranger, Verb.Pending, JsonDocument.Parse("""{"page":1,"client":"contoso"}""").RootElement))
            .ShouldNotContain("CON-1");
        (await PressAsync(IncidentScript.Ravi, Verb.Show, Data())).Value.ShouldBe("CON-1001 is answered below.");
        replies[^1].Evidence.ShouldNotBeNull().About.ShouldBe(Con(1001));
    }

    [Theory]
    [InlineData("freeze contoso backup restore is running", null)]
    [InlineData("unlink this, wrong channel", null)]
    [InlineData("anyone up for lunch?", null)]
    [InlineData("pending", "29:bot")]
    [InlineData("<at>Bot</at> freeze contoso somebody else of that name", "29:bot")]
    public async Task What_people_say_to_each_other_in_a_channel_is_neither_obeyed_nor_answered(string text, string? mentioned)
    {
        await handler.OnMessageAsync(Turn(IncidentScript.Ravi, text, mentioned: mentioned), Token);
        await handler.OnMessageAsync(Turn(null, text, mentioned: mentioned), Token);
        mediator.Sent.ShouldBeEmpty();
        replies.ShouldBeEmpty();
        await handler.OnMessageAsync(Turn(IncidentScript.Ravi, text, personal: true, mentioned: mentioned), Token);
        replies.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Approve_becomes_a_request_with_the_plan_digest_that_was_shown_and_answers_with_the_new_card()
    {
        mediator.Answer = async _ =>
        {
            story.Decided(DecisionKind.Approve);
            return Shown(await story.IncidentAsync(), null, "Approved by Ravi Approver.");
        };
        var response = await PressAsync(IncidentScript.Ravi, Verb.Approve, Data());
        var decide = mediator.Sent.ShouldHaveSingleItem().ShouldBeOfType<Decide>();
        (decide.Kind, decide.PlanDigest, decide.By,
            decide.Tenant).ShouldBe((DecisionKind.Approve, story.Seal, IncidentScript.Ravi, IncidentScript.Contoso.Id));
        Text(response).ShouldContain("Approved by Ravi Approver.");
        Text(response).ShouldContain("About to run");
        IncidentCardTests.Titles(((OutgoingJson)response.Value!).AsReceived()).ShouldNotContain("Approve");
    }

    [Fact]
    public async Task A_click_that_came_too_late_gets_the_current_card_and_one_sentence()
    {
        mediator.Answer =
            async _ => Shown(await story.IncidentAsync(), Refusal.AlreadyDecided, "Dana Technician approved this a minute ago.");
        var response = await PressAsync(IncidentScript.Ravi, Verb.Approve, Data());
        response.StatusCode.ShouldBe(200);
        Text(response).ShouldContain("Dana Technician approved this a minute ago.");
    }

    [Fact]
    public async Task Whoever_was_overtaken_is_told_by_a_message_too_because_their_card_is_drawn_anew()
    {
        mediator.Answer = async _ =>
        {
            story.Decided(DecisionKind.Approve, by: IncidentScript.Ravi);
            return Shown(await story.IncidentAsync(), Refusal.AlreadyDecided, "Ravi Approver already approved CON-1001.");
        };
        (await PressAsync(IncidentScript.Dana, Verb.Approve, Data())).IsTold.ShouldBeTrue();
        replies.ShouldHaveSingleItem().Card!.AsReceived().ToJsonString()
            .ShouldContain("Dana Technician, about your click on CON-1001: Ravi Approver already approved CON-1001.");
        replies[0].Evidence.ShouldNotBeNull().About.ShouldBe(Con(1001));
        (await PressAsync(IncidentScript.Ravi, Verb.Approve, Data())).IsTold.ShouldBeFalse("it was their own click");
        replies.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_a_person_was_told_on_their_card_is_still_there_after_its_refresh()
    {
        mediator.Answer =
            async _ => Shown(await story.IncidentAsync(), Refusal.NotAllowed,
                "Only approvers and administrators of Contoso Ltd may approve CON-1001.");
        var card = ((OutgoingJson)(await PressAsync(IncidentScript.Ravi, Verb.Approve, Data())).Value!).AsReceived();
        var refresh = JsonSerializer.SerializeToElement(card["refresh"]!["action"]!["data"]);
        var again = await handler.OnCardActionAsync(Turn(IncidentScript.Ravi, ""), new(Verb.View, refresh, null, IsAutomatic: true), Token);
        Text(again).ShouldContain("Only approvers and administrators of Contoso Ltd may approve CON-1001. Ask Ravi Approver.");
        replies.ShouldBeEmpty();
    }

    [Fact]
    public async Task Review_says_why_its_person_finds_nothing_to_press_and_whom_to_ask()
    {
        Text(await PressAsync(IncidentScript.Dana, Verb.View, Data())).ShouldContain("Only approvers may. Ask Ravi Approver.");
        Text(await PressAsync(IncidentScript.Ravi, Verb.View, Data())).ShouldNotContain("Ask Ravi");
        var automatic =
            await handler.OnCardActionAsync(Turn(IncidentScript.Dana, ""), new(Verb.View, Data(), null, IsAutomatic: true), Token);
        Text(automatic).ShouldNotContain("Only approvers may", Case.Sensitive, "nobody asked");
    }

    [Fact]
    public async Task A_typed_order_that_is_refused_says_who_could_and_who_could_lift_a_freeze()
    {
        mediator.Answer = async _ => Shown(await story.IncidentAsync(), Refusal.NotAllowed, "Only approvers may undo it.");
        (await SayAsync(IncidentScript.Dana, "undo CON-1001")).ShouldContain("Only approvers may undo it. Ask Ravi Approver.");
        (await SayAsync(IncidentScript.Dana, "approve CON-1001", personal: true)).ShouldContain("Only approvers may. Ask Ravi Approver.");
        story.Append(StreamId.Freeze, new FreezeSet("patch day"), IncidentScript.Dana.AsActor());
        mediator.Answer = async _ => Shown(await story.IncidentAsync(), Refusal.Frozen, "Contoso Ltd is frozen.");
        (await SayAsync(IncidentScript.Dana, "redraft CON-1001")).ShouldContain("Contoso Ltd is frozen. Ask Ravi Approver to lift it.");
        (await SayAsync(IncidentScript.Ravi, "snooze CON-1001")).ShouldSatisfyAllConditions(
            said => said.ShouldContain("contoso is frozen since 2026-11-21 03:00 UTC by Dana Technician: patch day."),
            said => said.ShouldContain("CON-1001 can be rejected or snoozed meanwhile."));
    }

    [Fact]
    public async Task A_checkpoint_is_shown_whole_so_that_whoever_reads_it_can_keep_it()
    {
        using var key = new TestKey("bot/contoso");
        var signed = key.Sign(new Checkpoint("bot/contoso", 7, new byte[32]));
        (await new Checkpoints(documents).TryAddAsync(IncidentScript.Contoso.Id, signed, null, Token)).ShouldBeTrue();
        await SayAsync(IncidentScript.Ravi, "checkpoint contoso");
        var note = replies[^1].Card!.AsReceived()["body"]![1]!["items"]![0]!["inlines"]![0]!["text"]!.GetValue<string>();
        SignedCheckpoint.Parse(note).Note.Signatures.ShouldHaveSingleItem().ToString().ShouldBe(signed.Note.Signatures[0].ToString());
        CardSchema.Problems(replies[^1].Card!.AsReceived()).ShouldBeEmpty();
        (await SayAsync(IncidentScript.Dana, "checkpoint fabrikam")).ShouldContain("I know no client");
    }

    [Fact]
    public async Task Only_values_that_were_changed_are_edits()
    {
        await PressAsync(IncidentScript.Ravi, Verb.ApproveEdited,
            Data(("edit:0.categories", "temp"), ("edit:0.volume", "C"), ("editReason", "updates are needed")));
        var decide = mediator.Sent.ShouldHaveSingleItem().ShouldBeOfType<Decide>();
        decide.Kind.ShouldBe(DecisionKind.ApproveWithEdits);
        decide.Edits.ShouldBe(new Dictionary<string, string> { ["0.categories"] = "temp" });
        await PressAsync(IncidentScript.Ravi, Verb.ApproveEdited, Data(("edit:0.categories", new string('x', 5_000))));
        var unusable = mediator.Sent[^1].ShouldBeOfType<Decide>();
        (unusable.Kind, unusable.Edits!["0.categories"].Length).ShouldBe((DecisionKind.ApproveWithEdits, 4_000), "not approved as it was");
        await PressAsync(IncidentScript.Ravi, Verb.ApproveEdited, Data(("edit:0.categories", "temp,updates")));
        mediator.Sent[^1].ShouldBeOfType<Decide>().Kind.ShouldBe(DecisionKind.Approve);
    }

    [Fact]
    public async Task Reject_needs_a_reason_and_snooze_a_time()
    {
        Text(await PressAsync(IncidentScript.Ravi, Verb.Reject, Data(("reason", "  ")))).ShouldContain("needs a reason");
        Text(await PressAsync(IncidentScript.Ravi, Verb.Snooze, Data(("for", "for ever")))).ShouldContain("choose when");
        Text(await PressAsync(IncidentScript.Ravi, "explode", Data())).ShouldContain("no button");
        mediator.Sent.ShouldBeEmpty();
        await PressAsync(IncidentScript.Ravi, Verb.Snooze, Data(("for", "4h")));
        var snooze = mediator.Sent.ShouldHaveSingleItem().ShouldBeOfType<Decide>();
        (snooze.Until, snooze.PastDeadline).ShouldBe((IncidentScript.Start.AddHours(4), false), "as a card of before says it");
        await PressAsync(IncidentScript.Ravi, Verb.Snooze, Data(("for", "4h"), ("past", "true")));
        mediator.Sent[^1].ShouldBeOfType<Decide>().PastDeadline.ShouldBeTrue();
    }

    [Fact]
    public async Task Draft_again_asks_for_the_proposal_that_was_shown()
    {
        await PressAsync(IncidentScript.Ravi, Verb.Redraft, Data());
        var asked = mediator.Sent.ShouldHaveSingleItem().ShouldBeOfType<RequestRedraft>();
        (asked.IncidentId, asked.By, asked.PlanDigest).ShouldBe((Con(1001), IncidentScript.Ravi, story.Seal));
    }

    [Fact]
    public async Task A_refresh_shows_and_never_decides()
    {
        var response =
            await handler.OnCardActionAsync(Turn(IncidentScript.Ravi, ""), new(Verb.Approve, Data(), "m1", IsAutomatic: true), Token);
        mediator.Sent.ShouldBeEmpty();
        IncidentCardTests.Titles(((OutgoingJson)response.Value!).AsReceived()).ShouldContain("Approve");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{\"incident\":\"CON-1001\"}")]
    [InlineData("{\"incident\":{},\"tenant\":[]}")]
    [InlineData("{\"incident\":\"../etc\",\"tenant\":\"contoso\"}")]
    [InlineData("{\"incident\":\"CON-1001\",\"tenant\":\"contoso\",\"reason\":\"\\ud800\"}")]
    [InlineData("{\"incident\":\"CON-1001\",\"tenant\":\"contoso\",\"\\udfff\":\"x\"}")]
    public async Task Data_that_names_no_incident_is_refused(string data)
    {
        var response = await PressAsync(IncidentScript.Ravi, Verb.Approve, JsonDocument.Parse(data).RootElement);
        response.StatusCode.ShouldBe(400);
        mediator.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_has_no_role_learns_nothing_not_even_that_it_exists()
    {
        var existing = await PressAsync(Stranger, Verb.View, Data());
        var missing = await PressAsync(Stranger, Verb.View, Data(("incident", "CON-9999")));
        existing.Value.ShouldBe("I know no incident CON-1001 that you may see.");
        missing.Value.ShouldBe("I know no incident CON-9999 that you may see.");
        (await SayAsync(Stranger, "show CON-1001", personal: true)).ShouldContain("I know no incident CON-1001 that you may see.");
        (await SayAsync(Stranger, "pending contoso", personal: true)).ShouldNotContain("Contoso Ltd");
    }

    [Fact]
    public async Task A_linked_channel_shows_nothing_of_another_client_even_to_who_may_see_both()
    {
        (await SayAsync(IncidentScript.Ravi, "show FAB-1001")).ShouldContain("personal chat");
        (await SayAsync(IncidentScript.Ravi, "pending fabrikam")).ShouldContain("personal chat");
        (await SayAsync(IncidentScript.Ravi, "why FAB-1001")).ShouldNotContain("other SRV-FILE01");
        (await SayAsync(IncidentScript.Ravi, "undo FAB-1001")).ShouldNotContain("other SRV-FILE01");
        (await SayAsync(IncidentScript.Ravi, "whoami")).ShouldNotContain("Fabrikam");
        (await SayAsync(IncidentScript.Ravi, "pending")).ShouldNotContain("FAB-1001");
        (await PressAsync(IncidentScript.Ravi, Verb.Approve,
            Data(("incident", "FAB-1001"), ("tenant", "fabrikam")))).Value.ShouldBeOfType<string>()
            .ShouldContain("personal chat");
        mediator.Sent.ShouldBeEmpty();
        (await SayAsync(IncidentScript.Ravi, "show FAB-1001", personal: true)).ShouldContain("other SRV-FILE01");
    }

    [Fact]
    public async Task A_button_of_another_incident_s_card_does_nothing()
    {
        Posted("m1");
        var second = new IncidentScript(ledger: story.Ledger, clock: story.Clock, about: Con(1002)) { Device = "SRV-DC01" };
        second.Opened().Drafted().Staged();
        var response = await PressAsync(IncidentScript.Ravi, Verb.Approve, Data(("incident", "CON-1002")), replyTo: "m1");
        response.Value.ShouldBeOfType<string>().ShouldContain("does not belong");
        mediator.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_view_of_a_card_whose_send_was_not_answered_adopts_it_once()
    {
        story.Append(StreamId.Card(story.Id), new CardSending(story.Id, IncidentScript.Channel.ConversationId), Actor.Service("cards"));
        await PressAsync(IncidentScript.Ravi, Verb.View, Data(), replyTo: "m77");
        await PressAsync(IncidentScript.Ravi, Verb.View, Data(), replyTo: "m77");
        var posted = story.Ledger.Facts<CardPosted>(IncidentScript.Contoso.Id).ShouldHaveSingleItem();
        (posted.ActivityId, posted.Adopted, posted.ShownSeq).ShouldBe(("m77", true, 0L));
    }

    [Fact]
    public async Task A_copy_shown_by_command_is_not_mistaken_for_the_living_card()
    {
        story.Append(StreamId.Card(story.Id), new CardSending(story.Id, IncidentScript.Channel.ConversationId), Actor.Service("cards"));
        await PressAsync(IncidentScript.Ravi, Verb.View, Data(("copy", "true")), replyTo: "m77");
        story.Ledger.Facts<CardPosted>(IncidentScript.Contoso.Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_irreversible_plan_is_approved_only_from_the_last_of_its_pages()
    {
        var plan = new Plan([.. Enumerable.Range(0, 12).Select(i => IncidentScript.CleanUp() with { Command = new string('c', 4_000) })]);
        story.Staged(review: true, revision: 2, plan: plan);
        var data = Data();
        var seen = 0;
        JsonNode card;
        do
        {
            card = ((OutgoingJson)(await PressAsync(IncidentScript.Ravi, Verb.Details, data)).Value!).AsReceived();
            (++seen).ShouldBeLessThan(30);
            data = Next(card);
        }
        while (!IncidentCardTests.Titles(card).Contains("Approve"));
        seen.ShouldBeGreaterThan(2);
        var token = (string?)card["actions"]!.AsArray().First(action => (string?)action!["verb"] == Verb.Approve)!["data"]!["review"];
        Reviews.IsReviewed((await story.IncidentAsync()).Staged!, IncidentScript.Ravi.ObjectId, token).ShouldBeTrue();
        Reviews.IsReviewed((await story.IncidentAsync()).Staged!, IncidentScript.Dana.ObjectId, token).ShouldBeFalse();
        var jumped =
            ((OutgoingJson)(await PressAsync(IncidentScript.Ravi, Verb.Details,
                Data(("page", (seen - 1).ToString())))).Value!).AsReceived();
        IncidentCardTests.Titles(jumped).ShouldNotContain("Approve");
    }

    [Fact]
    public async Task A_short_irreversible_plan_is_approved_only_behind_its_evidence_and_history()
    {
        story.Staged(review: true, revision: 2);
        var first = ((OutgoingJson)(await PressAsync(IncidentScript.Ravi, Verb.Details, Data())).Value!).AsReceived();
        IncidentCardTests.Titles(first).ShouldNotContain("Approve");
        var staged = (await story.IncidentAsync()).Staged!;
        Reviews.IsReviewed(staged, IncidentScript.Ravi.ObjectId, Next(first).GetProperty("review").GetString()).ShouldBeFalse();
        var last = ((OutgoingJson)(await PressAsync(IncidentScript.Ravi, Verb.Details, Next(first))).Value!).AsReceived();
        IncidentCardTests.Titles(last).ShouldBe(["Approve", "Reject", "Previous page", "Back"]);
        var token = (string?)last["actions"]![0]!["data"]!["review"];
        Reviews.IsReviewed(staged, IncidentScript.Ravi.ObjectId, token).ShouldBeTrue();
    }

    [Fact]
    public async Task When_the_record_is_away_the_person_is_told_that_nothing_was_recorded()
    {
        mediator.Answer = _ => throw new LedgerUnavailableException("away");
        var response = await PressAsync(IncidentScript.Ravi, Verb.Approve, Data());
        response.Value.ShouldBeOfType<InvokeError>().Message.ShouldContain("nothing was recorded");
        response.Value.ShouldBeOfType<InvokeError>().Message.ShouldContain("c0ffee");
    }

    [Fact]
    public async Task An_old_client_s_submit_does_the_same_as_a_click()
    {
        mediator.Answer = async _ => Shown(await story.IncidentAsync(), null, "Approved by Ravi Approver.");
        await handler.OnMessageAsync(Turn(IncidentScript.Ravi, "", value: Data(("verb", Verb.Approve))), Token);
        mediator.Sent.ShouldHaveSingleItem().ShouldBeOfType<Decide>();
        replies.ShouldHaveSingleItem().Card!.AsReceived().ToJsonString().ShouldContain("Approved by Ravi Approver.");
    }

    [Theory]
    [InlineData(Verb.Approve, "copy")]
    [InlineData(Verb.View, "copy")]
    [InlineData(Verb.Why, "trail")]
    public async Task What_answers_an_old_client_s_submit_is_a_copy_and_goes_on_record(string verb, string purpose)
    {
        mediator.Answer = async _ => Shown(await story.IncidentAsync(), null, "Approved by Ravi Approver.");
        await handler.OnMessageAsync(Turn(IncidentScript.Ravi, "", value: Data(("verb", verb))), Token);
        var reply = replies.ShouldHaveSingleItem();
        reply.Evidence.ShouldBe(new(IncidentScript.Contoso.Id, purpose, story.Id));
        if (verb != Verb.Why)
            reply.Card!.AsReceived()["actions"]!.AsArray().Where(action => action!["data"] is not null)
                .ShouldAllBe(action => (bool)action!["data"]!["copy"]!);
    }

    [Fact]
    public async Task A_submit_that_is_no_text_is_answered_in_words()
    {
        var data = JsonDocument.Parse("{\"incident\":\"CON-1001\",\"tenant\":\"contoso\",\"verb\":\"\\ud800\"}").RootElement;
        await handler.OnMessageAsync(Turn(IncidentScript.Ravi, "", value: data), Token);
        replies.ShouldHaveSingleItem().Card!.AsReceived().ToJsonString().ShouldContain("names nothing that is decided about");
        mediator.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refusal_that_came_too_late_to_be_shown_is_told_by_a_message_on_record()
    {
        mediator.Answer =
            async _ => Shown(await story.IncidentAsync(), Refusal.AlreadyDecided, "Dana Technician approved this a minute ago.");
        var action = new CardAction(Verb.Approve, Data(), "m1", IsAutomatic: false);
        await handler.OnAnsweredLateAsync(
            Turn(IncidentScript.Ravi, ""), action, await handler.OnCardActionAsync(Turn(IncidentScript.Ravi, ""), action, Token), Token);
        var reply = replies.ShouldHaveSingleItem();
        reply.Card!.AsReceived().ToJsonString()
            .ShouldContain($"Ravi Approver, about your click on {story.Id}: Dana Technician approved this a minute ago.");
        reply.Evidence.ShouldBe(new(IncidentScript.Contoso.Id, "answer", story.Id));
    }

    [Fact]
    public async Task What_came_too_late_for_whoever_may_not_see_it_says_no_more_than_it_would_have()
    {
        var action = new CardAction(Verb.Approve, Data(), "m1", IsAutomatic: false);
        await handler.OnAnsweredLateAsync(
            Turn(Stranger, ""), action, await handler.OnCardActionAsync(Turn(Stranger, ""), action, Token), Token);
        replies.ShouldHaveSingleItem().Evidence.ShouldBeNull();
        replies[0].Card!.AsReceived().ToJsonString().ShouldContain("I know no incident");
    }

    [Fact]
    public async Task Somebody_whom_Entra_does_not_know_gets_nothing()
    {
        (await handler.OnCardActionAsync(Turn(null, ""), new(Verb.View, Data(), null, false), Token)).Value.ShouldBe(
            UserMessages.NobodyKnown);
        (await SayAsync(null, "pending")).ShouldContain("who you are");
    }

    [Theory]
    [InlineData("help", "What you can say")]
    [InlineData("pending", "CON-1001")]
    [InlineData("show CON-1001", "Approve to proceed** by")]
    [InlineData("why CON-1001", "Nobody has decided yet")]
    [InlineData("whoami", "approver")]
    [InlineData("hepl", "Did you mean")]
    [InlineData("xyzzy", "These are the words I know")]
    [InlineData("show CON-9999", "I know CON-1001")]
    [InlineData("show", "Which incident?")]
    [InlineData("approve CON-1001", "Decisions are taken with the buttons")]
    [InlineData("link nowhere", "I know no client")]
    [InlineData("freeze contoso", "The reason is recorded")]
    [InlineData("assign approver contoso Nobody", "Whom?")]
    [InlineData("checkpoint contoso", "has been signed yet")]
    [InlineData("checkpoint nowhere", "I know no client")]
    [InlineData("digest nowhere", "I know no client")]
    public async Task Every_word_gets_a_helpful_and_valid_card(string text, string says)
    {
        (await SayAsync(IncidentScript.Ravi, text)).ShouldContain(says);
        CardSchema.Problems(replies[^1].Card!.AsReceived()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Everything_is_frozen_and_let_go_by_its_own_requests()
    {
        await SayAsync(IncidentScript.Ravi, "freeze everything because somebody has our token");
        await SayAsync(IncidentScript.Ravi, "unfreeze everything token revoked");
        ((FreezeEverything)mediator.Sent[0]).Reason.ShouldBe("somebody has our token");
        ((UnfreezeEverything)mediator.Sent[1]).Reason.ShouldBe("token revoked");
        mediator.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Orders_become_requests()
    {
        await SayAsync(IncidentScript.Ravi, "freeze backup restore is running");
        await SayAsync(IncidentScript.Ravi, "freeze contoso backup restore is running");
        await SayAsync(IncidentScript.Ravi, "unfreeze contoso");
        await SayAsync(IncidentScript.Ravi, "unlink");
        await SayAsync(IncidentScript.Ravi, "link fabrikam escalation", personal: true);
        await SayAsync(IncidentScript.Ravi, "assign manager contoso Dana Technician");
        await SayAsync(IncidentScript.Ravi, "unassign manager Dana Technician");
        await SayAsync(IncidentScript.Ravi, "undo CON-1001");
        await SayAsync(IncidentScript.Ravi, "redraft CON-1001");
        mediator.Sent.Select(request => request.GetType().Name).ShouldBe(
            [nameof(SetFreeze), nameof(SetFreeze), nameof(LiftFreeze), nameof(UnlinkChannel), nameof(LinkChannel), nameof(AssignRole),
                nameof(AssignRole), nameof(RequestUndo), nameof(RequestRedraft)]);
        ((SetFreeze)mediator.Sent[0]).Reason.ShouldBe("backup restore is running");
        ((SetFreeze)mediator.Sent[1]).Reason.ShouldBe("backup restore is running");
        ((LinkChannel)mediator.Sent[4]).Escalation.ShouldBeTrue();
        ((AssignRole)mediator.Sent[5]).To.ShouldBe(IncidentScript.Dana);
        ((AssignRole)mediator.Sent[6]).Held.ShouldBeFalse();
    }

    [Fact]
    public async Task A_conversation_of_one_client_is_not_linked_to_another()
    {
        (await SayAsync(IncidentScript.Ravi, "link fabrikam")).ShouldContain("one client to a conversation");
        mediator.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_became_of_an_answer_is_recorded_as_it_was()
    {
        var message = new OutgoingMessage { Text = "x", Evidence = new(IncidentScript.Contoso.Id, "answer") };
        foreach (var outcome in new SendOutcome[] { new SendOutcome.Sent(null, Anywhere), new SendOutcome.NotSent("no route", null),
            new SendOutcome.Refused(RefusalReason.Gone, "x", "x"), new SendOutcome.Unknown("x") })
            await handler.OnRepliedAsync(Turn(IncidentScript.Ravi, ""), message, outcome);
        story.Ledger.Facts<MessageSent>(IncidentScript.Contoso.Id).Select(sent => sent.Outcome).ShouldBe(
            [MessageOutcome.Sent, MessageOutcome.NotSent, MessageOutcome.Refused, MessageOutcome.Unknown]);
    }

    [Fact]
    public async Task Being_away_is_said_for_one_client_or_in_a_personal_chat_for_all_of_them()
    {
        var until = new DateTimeOffset(2027, 1, 3, 0, 0, 0, TimeSpan.Zero);
        await SayAsync(IncidentScript.Ravi, "absent until 2027-01-02 delegate Dana Technician because of the holidays");
        mediator.Sent.ShouldHaveSingleItem()
            .ShouldBe(new SetAbsence(IncidentScript.Contoso.Id, IncidentScript.Ravi, IncidentScript.Ravi, null, until, IncidentScript.Dana,
                "of the holidays", Correlation));
        mediator.Sent.Clear();
        await SayAsync(IncidentScript.Ravi, "away from 2026-12-23 18:00 until 2027-01-02", personal: true);
        mediator.Sent.Cast<SetAbsence>().Select(sent => (sent.Tenant, sent.From, sent.Delegate)).ShouldBe(
            [(IncidentScript.Contoso.Id, new DateTimeOffset(2026, 12, 23, 18, 0, 0, TimeSpan.Zero), null),
                (IncidentScript.Fabrikam.Id, new DateTimeOffset(2026, 12, 23, 18, 0, 0, TimeSpan.Zero), null)]);
        mediator.Sent.Clear();
        await SayAsync(IncidentScript.Ravi, "absent fabrikam Dana Technician until 2027-01-02", personal: true);
        mediator.Sent.ShouldHaveSingleItem()
            .ShouldBe(new SetAbsence(IncidentScript.Fabrikam.Id, IncidentScript.Ravi, IncidentScript.Dana, null, until, null, null,
                Correlation));
        mediator.Sent.Clear();
        await SayAsync(IncidentScript.Ravi, "back contoso");
        mediator.Sent.ShouldHaveSingleItem().ShouldBe(new EndAbsence(IncidentScript.Contoso.Id, IncidentScript.Ravi, IncidentScript.Ravi,
            Correlation));
    }

    [Fact]
    public async Task An_auditor_is_told_that_nothing_waits_while_they_are_away()
    {
        access.Give(IncidentScript.Contoso, Stranger, Role.Auditor);
        (await SayAsync(Stranger, "absent until 2027-01-02", personal: true)).ShouldContain(
            "nothing waits for you, and nobody needs to know when you are away");
        mediator.Sent.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("freeze contoso because test", "test")]
    [InlineData("freeze contoso Because: the backup runs", "the backup runs")]
    [InlineData("freeze contoso because of the flood", "because of the flood")]
    [InlineData("freeze contoso becausing trouble", "becausing trouble")]
    public async Task A_reason_does_not_say_because_twice(string text, string reason)
    {
        await SayAsync(IncidentScript.Ravi, text);
        mediator.Sent.ShouldHaveSingleItem().ShouldBeOfType<SetFreeze>().Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData("absent until christmas", "Say days as in")]
    [InlineData("absent from noon until 2027-01-02", "Say days as in")]
    [InlineData("absent", "Until when?")]
    [InlineData("absent until 2027-01-02 delegate Nobody", "Whom?")]
    [InlineData("absent Nobody until 2027-01-02", "Whom?")]
    public async Task An_absence_that_is_not_clear_changes_nothing(string text, string result)
    {
        (await SayAsync(IncidentScript.Ravi, text)).ShouldContain(result);
        mediator.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Removing_the_app_unlinks_every_channel_of_the_team_until_it_is_installed_again()
    {
        var before = (await story.StateAsync()).Channels[IncidentScript.Channel.ConversationId];
        await handler.OnRemovedAsync(Turn(IncidentScript.Dana, ""), Token);
        var state = await story.StateAsync();
        state.Channels.ShouldBeEmpty();
        state.LostChannels.ShouldHaveSingleItem("others are told, and one for escalations stands in");
        await handler.OnInstalledAsync(Turn(IncidentScript.Dana, ""), Token);
        (await story.StateAsync()).Channels[IncidentScript.Channel.ConversationId].ShouldBe(before);
    }

    [Fact]
    public async Task A_conversation_that_was_lost_is_linked_again_when_somebody_speaks_there()
    {
        var before = (await story.StateAsync()).Channels[IncidentScript.Channel.ConversationId];
        story.Append(StreamId.Channels,
            new ChannelUnlinked(IncidentScript.Channel.ConversationId, "Teams refused a card there: BotDisabledByAdmin")
            { Lost = true }, Actor.Service("cards"));
        await SayAsync(IncidentScript.Ravi, "help");
        (await story.StateAsync()).Channels[IncidentScript.Channel.ConversationId].ShouldBe(before);
        (await story.StateAsync()).LostChannels.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_install_links_every_lost_channel_of_the_team_again_and_a_word_only_its_own()
    {
        var other = new ChannelLinked(
            IncidentScript.Channel with { ConversationId = Conversation("19:chan0002@thread.tacv2") }, Escalation: true);
        story.Append(StreamId.Channels, other, Actor.Service("gates"));
        var before = (await story.StateAsync()).Channels;
        before.Count.ShouldBe(2);
        await handler.OnRemovedAsync(Turn(IncidentScript.Dana, ""), Token);
        (await story.StateAsync()).LostChannels.Count.ShouldBe(2);
        await SayAsync(IncidentScript.Ravi, "help");
        (await story.StateAsync()).Channels.Keys.ShouldHaveSingleItem().ShouldBe(IncidentScript.Channel.ConversationId);
        await handler.OnRemovedAsync(Turn(IncidentScript.Dana, ""), Token);
        await handler.OnInstalledAsync(Turn(IncidentScript.Dana, ""), Token);
        (await story.StateAsync()).Channels.ShouldBe(before, ignoreOrder: true);
        (await story.StateAsync()).LostChannels.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_conversation_that_a_person_unlinked_stays_unlinked()
    {
        story.Append(StreamId.Channels, new ChannelUnlinked(IncidentScript.Channel.ConversationId, "unlinked by a person"),
            Actor.Service("gates"));
        await SayAsync(IncidentScript.Ravi, "help");
        (await story.StateAsync()).Channels.ShouldBeEmpty();
    }

    private void Posted(string activityId) => story.Append(
        StreamId.Card(story.Id),
        new CardPosted(story.Id, IncidentScript.Channel.ConversationId, "https://x/", IncidentScript.Channel.ConversationId, activityId, 1,
            false),
        Actor.Service("cards"));

    private Task<InvokeResponse> PressAsync(Person? person, string verb, JsonElement data, string? replyTo = null) =>
        handler.OnCardActionAsync(Turn(person, ""), new(verb, data, replyTo, IsAutomatic: false), Token);

    private async Task<string> SayAsync(Person? person, string text, bool personal = false)
    {
        await handler.OnMessageAsync(Turn(person, text, personal), Token);
        return (replies[^1].Card?.AsReceived()
            .ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            ?? "") + replies[^1].Text;
    }

    private TurnContext Turn(Person? person, string text, bool personal = false, JsonElement? value = null, string? mentioned = "28:bot") =>
        new(
        new Activity
        {
            Type = "message",
            From = new("29:x", person?.Name, person?.ObjectId.Value),
            Recipient = new("28:bot", "Bot"),
            Text = text,
            Entities = mentioned is null ? [new("clientInfo")] : [new("clientInfo"), new("mention", "<at>Bot</at>", new(mentioned, "Bot"))],
            Value = value,
            ServiceUrl = "https://x/",
            Conversation = personal
                ? new("a:1", ConversationType: "personal")
                : new(IncidentScript.Channel.ConversationId + ";messageid=1", ConversationType: "channel"),
            ChannelData = personal ? null : new(Team: new(IncidentScript.Channel.TeamId)),
        },
        Correlation,
        (_, message, _) =>
        {
            replies.Add(message);
            return Task.FromResult<string?>("r1");
        });

    private JsonElement Data(params (string Name, string Value)[] more)
    {
        var data = new Dictionary<string, string> { ["incident"] = story.Id.Value, ["tenant"] = "contoso", ["seal"] = story.Seal };
        foreach (var (name, value) in more)
            data[name] = value;
        return JsonSerializer.SerializeToElement(data);
    }

    private static JsonElement Next(JsonNode card)
    {
        var next = card["actions"]!.AsArray().FirstOrDefault(action => (string?)action!["title"] == "Next page") ?? card["actions"]![0]!;
        return JsonSerializer.SerializeToElement(next["data"]);
    }

    private static RequestResult Shown(Incident incident, Refusal? refusal, string message) =>
        new(incident.Proposal, refusal, message) { Incident = incident };

    private static string Text(InvokeResponse response) => ((OutgoingJson)response.Value!).AsReceived().ToJsonString();
}
