using System.Text.Json.Nodes;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Cards;
using DevOpsAI.Tests.Isolation;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.ConnectionChanges.ConnectScene;

namespace DevOpsAI.Tests.ConnectionChanges;

/// <summary>The dialog for a connection as Teams sees it: what opens it, who may, and what comes of a vendor that is slow.</summary>
public sealed class ConnectDialogTests : IAsyncLifetime
{
    private PlayedNinjaOne ninja = null!;

    public async ValueTask InitializeAsync() => ninja = await PlayedNinjaOne.StartAsync();

    public ValueTask DisposeAsync() => ninja.DisposeAsync();

    [Fact]
    public async Task The_card_names_what_is_asked_and_its_button_opens_the_form()
    {
        await using var bot = await StartAsync();
        await bot.SayAsync(Ana, null, "connect ninjaone contoso");
        var card = Card(bot);
        CardSchema.Problems(card).ShouldBeEmpty();
        var button = card["actions"]!.AsArray().ShouldHaveSingleItem()!;
        button["type"]!.GetValue<string>().ShouldBe("Action.Submit");
        button["data"]!["msteams"]!["type"]!.GetValue<string>().ShouldBe("task/fetch");

        var task = (await bot.DialogAsync(Ana, null, isFilledIn: false, Button(bot))).ShouldNotBeNull();
        task["type"]!.GetValue<string>().ShouldBe("continue");
        var value = task["value"]!;
        value["title"]!.GetValue<string>().ShouldBe("Connect NinjaOne for Contoso Ltd");
        value["card"]!["contentType"]!.GetValue<string>().ShouldBe("application/vnd.microsoft.card.adaptive");
        var form = value["card"]!["content"]!;
        CardSchema.Problems(form).ShouldBeEmpty();
        form["actions"]!.AsArray().ShouldHaveSingleItem()!["type"]!.GetValue<string>().ShouldBe("Action.Submit");
        form["actions"]![0]!["data"]!["msteams"].ShouldBeNull("inside a dialog it is what submits it");
    }

    [Fact]
    public async Task Who_may_is_looked_at_when_it_is_opened_and_when_it_is_submitted()
    {
        await using var bot = await StartAsync();
        var foreign = Filled(ninja);
        foreign["tenant"] = "fabrikam";
        var nobody = new Someone("11111111-0000-4000-8000-000000000009", "Nobody");
        foreach (var isFilledIn in (bool[])[false, true])
        {
            (await ShownAsync(bot, Jo, null, isFilledIn, Filled(ninja))).ShouldContain("Only administrators");
            (await ShownAsync(bot, Ana, null, isFilledIn, foreign)).ShouldContain("no such client");
            (await ShownAsync(bot, nobody, null, isFilledIn, Filled(ninja))).ShouldContain("no such client");
            (await ShownAsync(bot, Ana, "19:of-nobody@thread.tacv2", isFilledIn, Filled(ninja))).ShouldContain("no such client");
            (await ShownAsync(bot, Ana, null, isFilledIn, new() { ["verb"] = "connect" })).ShouldContain("names no connector");
            (await ShownAsync(bot, Ana, null, isFilledIn, [])).ShouldContain("not known");
        }
        Facts<ProposalStaged>(bot).ShouldBeEmpty();
        (await SecretsAsync(bot)).ShouldBe(0);
    }

    [Fact]
    public async Task Submitted_again_and_side_by_side_it_is_asked_for_once()
    {
        await using var bot = await StartAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            number => bot.DialogAsync(Ana, null, isFilledIn: true, Filled(ninja), $"f:{number / 2}")));
        all.Count(static shown => shown is null).ShouldBe(2, "both deliveries of the first; those of the other are told");
        all.OfType<JsonObject>().ShouldAllBe(static shown => shown.ToJsonString().Contains("waits for a decision already"));
        Facts<ProposalStaged>(bot).ShouldHaveSingleItem();
        (await SecretsAsync(bot)).ShouldBe(2);
    }

    [Fact]
    public async Task A_vendor_that_is_slow_is_told_about_in_the_chat_with_what_was_typed_but_for_secrets()
    {
        await using var bot = await StartAsync(more: ("Teams:InvokeBudget", "00:00:00.200"));
        ninja.Secret = "another";
        var shown = await WhileHeldAsync(bot, 1);
        shown.ShouldContain("continue", customMessage: "a delivery of the same submission that comes later");
        await RunningBot.UntilAsync(
            () => Sent(bot).Any(static text => text.Contains("Fill in again", StringComparison.Ordinal)), "nothing was told");
        Told(bot).ShouldContain("ClientSecret");
        Told(bot).ShouldNotContain(Secret);
        CardSchema.Problems(Card(bot)).ShouldBeEmpty();
        var again = await OpenAsync(bot, Ana, Button(bot));
        again.ShouldContain("\"value\":\"client\"");
        again.ShouldNotContain(Secret);
        Facts<ProposalStaged>(bot).ShouldBeEmpty();

        ninja.Secret = Secret;
        (await WhileHeldAsync(bot, 2)).ShouldContain("1 approval by");
        Facts<ProposalStaged>(bot).ShouldHaveSingleItem();
        AssertNowhere(bot);
    }

    [Fact]
    public async Task A_client_without_dialogs_is_told_so_and_nothing_of_what_it_sends_is_kept()
    {
        await using var bot = await StartAsync();
        (await bot.PressAsync(Ana, null, "connect", Filled(ninja))).ShouldContain("typed into a dialog");
        Facts<ProposalStaged>(bot).ShouldBeEmpty();
        (await SecretsAsync(bot)).ShouldBe(0);
    }

    /// <summary>Submits, and lets the vendor answer after the dialog has said that it takes longer.</summary>
    private async Task<string> WhileHeldAsync(RunningBot bot, int times)
    {
        var release = new TaskCompletionSource();
        ninja.Held = release.Task;
        var submitted = SubmitAsync(bot, Ana, Filled(ninja));
        await RunningBot.UntilAsync(
            () => bot.Log.Count(static line => line.Contains("Invoke task/submit took longer", StringComparison.Ordinal)) >= times,
            "it was not told to wait");
        release.SetResult();
        return await submitted;
    }

    private static JsonNode Card(RunningBot bot) => JsonNode.Parse(Told(bot))!["attachments"]![0]!["content"]!;

    private static async Task<string> ShownAsync(RunningBot bot, Someone who, string? channel, bool isFilledIn, JsonObject data)
    {
        var task = (await bot.DialogAsync(who, channel, isFilledIn, data)).ShouldNotBeNull();
        task["type"]!.GetValue<string>().ShouldBe("message");
        return task["value"]!.GetValue<string>();
    }
}
