using DevOpsAI.Bot.Chat;
using DevOpsAI.Bot.Chat.Commands;
using DevOpsAI.Bot.Chat.Questions;
using DevOpsAI.Tests.Cards;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Chat;

public sealed class ChatParserTests
{
    private static readonly ChatParser Parser = ChatScene.Build(new(), new GivenAccess()).GetRequiredService<ChatParser>();

    [Theory]
    [InlineData("help", "Help")]
    [InlineData("  HELP  ", "Help")]
    [InlineData("Help!", "Help")]
    [InlineData("?", "Help")]
    [InlineData("", "Help")]
    [InlineData("\u00A0", "Help")]
    [InlineData(null, "Help")]
    [InlineData("hello", "Help")]
    [InlineData("whoami", "WhoAmI")]
    [InlineData("Who am I?", "WhoAmI")]
    [InlineData("who am i", "WhoAmI")]
    [InlineData("unlink", "Unlink")]
    [InlineData("un-link", "Unlink")]
    [InlineData("un link", "Unlink")]
    [InlineData("unlink this channel please", "Unlink")]
    [InlineData("pending", "Pending:")]
    [InlineData("pending contoso", "Pending:contoso")]
    [InlineData("Pending for Contoso", "Pending:Contoso")]
    [InlineData("pending\u00A0contoso", "Pending:contoso")]
    [InlineData("pending \"contoso\"", "Pending:contoso")]
    [InlineData("pending “contoso”.", "Pending:contoso")]
    [InlineData("show pending", "Pending:")]
    [InlineData("what is waiting for contoso?", "Pending:contoso")]
    [InlineData("what is pending", "Pending:")]
    [InlineData("list", "Pending:")]
    [InlineData("show CON-1001", "Show:CON-1001")]
    [InlineData("show con-1001", "Show:CON-1001")]
    [InlineData("show con 1001", "Show:CON-1001")]
    [InlineData("show con1001", "Show:CON-1001")]
    [InlineData("show #CON-1001", "Show:CON-1001")]
    [InlineData("show CON–1001", "Show:CON-1001")]
    [InlineData("show CON‑1001", "Show:CON-1001")]
    [InlineData("show CON_1001", "Show:CON-1001")]
    [InlineData("show CON-01001", "Show:CON-1001")]
    [InlineData("show 'CON-1001'", "Show:CON-1001")]
    [InlineData("please show me the incident CON-1001, thanks", "Show:CON-1001")]
    [InlineData("can you show CON-1001", "Show:CON-1001")]
    [InlineData("CON-1001", "Show:CON-1001")]
    [InlineData("con 1001", "Show:CON-1001")]
    [InlineData("show\nCON-1001", "Show:CON-1001")]
    [InlineData("show\tCON-1001", "Show:CON-1001")]
    [InlineData("sh\u200Bow CON-1001", "Show:CON-1001")]
    [InlineData("details CON-1001", "Show:CON-1001")]
    [InlineData("show", "Incomplete:show CON-1001")]
    [InlineData("show everything", "Incomplete:show CON-1001")]
    [InlineData("why CON-1001", "Why:CON-1001")]
    [InlineData("Why con-1001???", "Why:CON-1001")]
    [InlineData("why did you do con-1001", "Why:CON-1001")]
    [InlineData("why", "Incomplete:why CON-1001")]
    [InlineData("undo CON-1001", "Undo:CON-1001")]
    [InlineData("UNDO fab-1002", "Undo:FAB-1002")]
    [InlineData("rollback CON-1001", "Undo:CON-1001")]
    [InlineData("link contoso", "Link:contoso")]
    [InlineData("Link Contoso", "Link:Contoso")]
    [InlineData("link contoso escalation", "Link:contoso+escalation")]
    [InlineData("redraft con 1001", "Redraft:CON-1001")]
    [InlineData("draft CON-1001 again please", "Redraft:CON-1001")]
    [InlineData("link this channel to contoso", "Link:contoso")]
    [InlineData("link contoso for escalations", "Link:contoso+escalation")]
    [InlineData("link", "Incomplete:link <client> [escalation]")]
    [InlineData("freeze contoso backup restore running", "Freeze:contoso backup restore running")]
    [InlineData("Freeze: Contoso, migration (part 2), nothing may change!", "Freeze:Contoso migration (part 2), nothing may change!")]
    [InlineData("freeze", "Freeze:")]
    [InlineData("unfreeze contoso", "Unfreeze:contoso")]
    [InlineData("un freeze contoso", "Unfreeze:contoso")]
    [InlineData("thaw contoso", "Unfreeze:contoso")]
    [InlineData("approve CON-1001", "DecideInWords:CON-1001")]
    [InlineData("reject con 1001 because", "DecideInWords:CON-1001")]
    [InlineData("approve", "Incomplete:show CON-1001")]
    [InlineData("erase jo@contoso.com contoso because she asked", "Erase:jo@contoso.com contoso because she asked")]
    [InlineData("please forget 8b1d4a52-1111-4111-8111-000000000001 for contoso", "Erase:8b1d4a52-1111-4111-8111-000000000001 for contoso")]
    [InlineData("erase", "Incomplete:erase <person or mail address> <client>")]
    [InlineData("absent until 2027-01-02", "Absent:||2027-01-02||")]
    [InlineData("Absent contoso from 2026-12-23 18:00 until 2027-01-02, delegate Dana Technician because I am away until then",
        "Absent:contoso|2026-12-23 18:00|2027-01-02|Dana Technician|I am away until then")]
    [InlineData("away contoso", "Incomplete:absent [client] [from 2026-12-23] until 2027-01-02 [delegate @person] [because ...]")]
    [InlineData("back contoso Dana Technician", "Back:contoso Dana Technician")]
    [InlineData("assign approver contoso Dana Technician", "Assign:Approver:contoso:Dana Technician")]
    [InlineData("assign contoso approver Dana", "Assign:Approver:contoso:Dana")]
    [InlineData("assign the role admin for contoso to Dana", "Assign:Administrator:contoso:Dana")]
    [InlineData("assign technicians contoso Dana", "Assign:Technician:contoso:Dana")]
    [InlineData("assign 3 contoso Dana", "Incomplete:assign <role> <client> @person")]
    [InlineData("assign king contoso Dana", "Incomplete:assign <role> <client> @person")]
    [InlineData("assign approver", "Incomplete:assign <role> <client> @person")]
    [InlineData("unassign auditor contoso Dana", "Unassign:Auditor:contoso:Dana")]
    [InlineData("revoke manager contoso Dana", "Unassign:Manager:contoso:Dana")]
    [InlineData("hepl", "Unknown:help")]
    [InlineData("pendign", "Unknown:pending")]
    [InlineData("shwo CON-1001", "Unknown:show")]
    [InlineData("frezee contoso", "Unknown:freeze")]
    [InlineData("xyzzy", "Unknown:")]
    [InlineData("rm -rf /", "Unknown:")]
    [InlineData("...", "Unknown:")]
    [InlineData("what happened to SRV-FILE01 today?", "Happened:srv-file01::1")]
    [InlineData("What happened to the server SRV-FILE01 at contoso last week?", "Happened:srv-file01:contoso:7")]
    [InlineData("what happened with CON-1001?", "Why:CON-1001")]
    [InlineData("what happened last night at contoso?", "Digest:contoso:1")]
    [InlineData("what happened today?", "Digest::1")]
    [InlineData("how did last week go?", "Digest::7")]
    [InlineData("How did the last month go for contoso?", "Digest:contoso:31")]
    [InlineData("what did the bot do by itself today?", "ByItself::1")]
    [InlineData("What did you do on your own at contoso this week?", "ByItself:contoso:7")]
    [InlineData("what ran without approval yesterday", "ByItself::1")]
    [InlineData("what did the bot do today?", "Digest::1")]
    [InlineData("is contoso frozen?", "IsFrozen:contoso")]
    [InlineData("is everything frozen?", "IsFrozen:")]
    [InlineData("who approved CON-1001 and why?", "WhoDecided:CON-1001")]
    [InlineData("who can approve CON-1001?", "WhoCan:CON-1001")]
    [InlineData("who is on call?", "UnknownQuery")]
    [InlineData("how do I freeze a client?", "UnknownQuery")]
    [InlineData("will you reboot SRV-FILE01?", "UnknownQuery")]
    [InlineData("did it help?", "UnknownQuery")]
    [InlineData("is the freeze of contoso lifted?", "UnknownQuery")]
    [InlineData("can you freeze contoso because of the flood", "Freeze:contoso because of the flood")]
    [InlineData("stop everything now", "Incomplete:freeze <client> because ... – or, for administrators: freeze everything because ...")]
    [InlineData("STOP!!", "Incomplete:freeze <client> because ... – or, for administrators: freeze everything because ...")]
    [InlineData("please stop contoso", "Incomplete:freeze <client> because ... – or, for administrators: freeze everything because ...")]
    [InlineData("what is waiting for me", "Pending:")]
    [InlineData("what waits for us?", "Pending:")]
    [InlineData("which alerts is still open please", "Pending:")]
    [InlineData("which alerts are open for contoso?", "Pending:contoso")]
    [InlineData("what can you do?", "Help")]
    public void Words_are_understood(string? text, string expected) => Describe(Parser.Parse(text)).ShouldBe(expected);

    [Theory]
    [InlineData("pending a", "Pending:a")]
    [InlineData("pending for a please", "Pending:a")]
    [InlineData("pending CAN", "Pending:CAN")]
    [InlineData("what is waiting for can?", "Pending:can")]
    [InlineData("show pending can", "Pending:can")]
    [InlineData("can you show me what is pending for contoso", "Incomplete:show CON-1001")]
    [InlineData("pending contoso, can you?", "Pending:contoso")]
    [InlineData("link a", "Link:a")]
    [InlineData("link this channel to a for escalations", "Link:a+escalation")]
    [InlineData("link can", "Link:can")]
    [InlineData("freeze a because of the flood", "Freeze:a because of the flood")]
    [InlineData("assign approver a Dana", "Assign:Approver:a:Dana")]
    [InlineData("assign approver at Dana", "Assign:Approver:at:Dana")]
    [InlineData("CAN-1001", "Show:CAN-1001")]
    [InlineData("can 1001", "Show:CAN-1001")]
    [InlineData("show can 1001", "Show:CAN-1001")]
    [InlineData("why CAN1001", "Why:CAN-1001")]
    [InlineData("pending please", "Pending:")]
    public void A_client_may_be_called_like_a_polite_word(string text, string expected) =>
        Describe(Parser.Parse(text, ["a", "CAN", "at"])).ShouldBe(expected);

    [Theory]
    [InlineData("pending a", "Pending:")]
    [InlineData("link can", "Incomplete:link <client> [escalation]")]
    public void Where_no_client_is_called_so_it_is_politeness(string text, string expected) =>
        Describe(Parser.Parse(text)).ShouldBe(expected);

    [Fact]
    public void A_very_long_text_is_read_quickly_and_changes_nothing() =>
        Parser.Parse(new string('a', 500_000)).Arguments.ShouldBeOfType<Unknown>().Nearest.ShouldBeEmpty();

    [Theory]
    [InlineData("why is ws-042 slow?", "Happened:ws-042::7")]
    [InlineData("Why does nobody look after WS-042 at contoso today", "Happened:ws-042:contoso:1")]
    [InlineData("why is anna@contoso.com locked out", "Happened:anna@contoso.com::7")]
    [InlineData("why did you restart ws-042 for CON-1001", "Why:CON-1001")]
    [InlineData("why did you do con-1001", "Why:CON-1001")]
    [InlineData("why ws-042", "Why:WS-42")]
    [InlineData("why are ws-042 and ws-043 slow", "UnknownQuery")]
    [InlineData("show me everything about SRV-01", "Happened:srv-01::7")]
    [InlineData("can you show me everything about the server SRV-01 at contoso please?", "Happened:srv-01:contoso:7")]
    [InlineData("what do you know about srv-01", "Happened:srv-01::7")]
    [InlineData("tell me about SRV-FILE01", "Happened:srv-file01::7")]
    [InlineData("show me everything about CON-1001", "Show:CON-1001")]
    [InlineData("is srv-01 ok", "Happened:srv-01::7")]
    [InlineData("Is SRV-01 at contoso still down?", "Happened:srv-01:contoso:7")]
    [InlineData("was srv-01 down last night?", "Happened:srv-01::1")]
    [InlineData("how is srv-01 doing today?", "Happened:srv-01::1")]
    [InlineData("show srv-01", "Show:SRV-1")]
    [InlineData("is everything ok?", "UnknownQuery")]
    [InlineData("is it up?", "UnknownQuery")]
    [InlineData("what do you think about this", "UnknownQuery")]
    [InlineData("how is it going?", "UnknownQuery")]
    public void In_a_sentence_only_what_begins_like_a_client_s_incidents_is_one(string text, string expected) =>
        Describe(Parser.Parse(text, prefixes: ["CON", "FAB"])).ShouldBe(expected);

    private static string Describe(ChatRequest request) => request.Arguments switch
    {
        NoArguments or UnknownQuery => request.Name,
        ClientArgument about => $"{request.Name}:{about.Client}",
        IncidentArgument about => $"{request.Name}:{about.IncidentId}",
        HappenedQuery.Arguments happened => $"{request.Name}:{happened.Thing}:{happened.Client}:{happened.Last.TotalDays}",
        ByItselfQuery.Arguments byItself => $"{request.Name}:{byItself.Client}:{byItself.Last.TotalDays}",
        DigestCommand.Arguments digest => $"{request.Name}:{digest.Client}:{digest.Last?.TotalDays}",
        LinkCommand.Arguments link => $"{request.Name}:{link.Client}{(link.Escalation ? "+escalation" : "")}",
        FreezeArguments freeze => $"{request.Name}:{string.Join(' ', freeze.Words)}",
        RoleCommand.Arguments assign => $"{request.Name}:{assign.Role}:{assign.Client}:{assign.Person}",
        AbsentCommand.Arguments absent =>
            $"{request.Name}:{string.Join(' ', absent.Who)}|{absent.From}|{absent.Until}|{absent.Delegate}|{absent.Reason}",
        BackCommand.Arguments back => $"{request.Name}:{string.Join(' ', back.Who)}",
        EraseCommand.Arguments erase => $"{request.Name}:{string.Join(' ', erase.Words)}",
        Incomplete incomplete => $"{request.Name}:{incomplete.Usage}",
        Unknown unknown => $"{request.Name}:{(unknown.Nearest.Count > 0 ? unknown.Nearest[0] : "")}",
        _ => request.ToString(),
    };
}
