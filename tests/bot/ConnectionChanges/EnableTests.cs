using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Isolation;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static DevOpsAI.Tests.ConnectionChanges.ConnectScene;

namespace DevOpsAI.Tests.ConnectionChanges;

/// <summary>A connection may do what is enabled on it and nothing else; each action more is decided by somebody else.</summary>
public sealed class EnableTests : IAsyncLifetime
{
    private const string Actions = "setting:Actions";
    private PlayedNinjaOne ninja = null!;

    public async ValueTask InitializeAsync() => ninja = await PlayedNinjaOne.StartAsync();

    public ValueTask DisposeAsync() => ninja.DisposeAsync();

    [Fact]
    public async Task What_is_ticked_is_listed_in_full_on_the_card_and_is_all_that_it_may_do()
    {
        await using var bot = await StartAsync();
        await bot.SayAsync(Ana, null, "connect ninjaone contoso");
        var form = await OpenAsync(bot, Ana, Button(bot));
        form.ShouldContain("\"isMultiSelect\":true");
        form.ShouldContain("Restart a device (device.reboot; cannot be undone)");
        form.ShouldContain("\"value\":\"alert.acknowledge\",\"isMultiSelect\"", customMessage: "what touches nothing is ticked");
        await ConnectAsync(bot, Filled(ninja, "service.restart,alert.acknowledge"));
        var card = Posted(bot).Select(static one => one.ToJsonString())
            .First(static one => one.Contains("May do", StringComparison.Ordinal));
        card.ShouldContain("2 of 6 actions");
        card.ShouldContain("Restart a service");
        card.ShouldNotContain("device.reboot");
        MayDo(bot, "service.restart").ShouldBeTrue();
        MayDo(bot, "device.reboot").ShouldBeFalse();
        await bot.SayAsync(Ana, null, "connectors contoso");
        Told(bot).ShouldContain("may do 2 of 6: alert.acknowledge, service.restart");
    }

    [Fact]
    public async Task With_nothing_ticked_it_reads_only()
    {
        await using var bot = await StartAsync();
        var empty = ConnectScene.Filled(ninja);
        empty.Remove(Actions);
        await ConnectAsync(bot, empty);
        Facts<ConnectionMade>(bot).ShouldHaveSingleItem().Settings[EnabledActions.Setting].ShouldBe("none");
        MayDo(bot, "service.restart").ShouldBeFalse();
        await bot.SayAsync(Ana, null, "connectors contoso");
        Told(bot).ShouldContain("reads only: its 6 actions are switched off");
    }

    [Fact]
    public async Task One_action_more_is_a_card_of_its_own_that_somebody_else_approves()
    {
        await using var bot = await StartAsync();
        await ConnectAsync(bot, Filled(ninja, "service.restart"));
        await bot.SayAsync(Ana, null, "enable device.reboot on contoso-ninjaone");
        Told(bot).ShouldContain("1 approval by somebody other than you");
        await CardAsync(bot, "Enable device.reboot on contoso-ninjaone");
        var card = Posted(bot)[^1].ToJsonString();
        card.ShouldContain("cannot be undone, touches one device");
        card.ShouldContain("device.reboot, service.restart");
        MayDo(bot, "device.reboot").ShouldBeFalse("nobody has agreed yet");
        (await bot.PressAsync(Ana, Channel, "approve", Data(bot))).ShouldContain("somebody else must approve it");
        await ApproveAsync(bot, 2);
        MayDo(bot, "device.reboot").ShouldBeTrue();
        await bot.SettleAsync();
        (await SecretsAsync(bot)).ShouldBe(2, "its secrets are in use");

        await bot.SayAsync(Ana, null, "disable service.restart on ninjaone contoso");
        await CardAsync(bot, "Disable service.restart on contoso-ninjaone");
        await ApproveAsync(bot, 3);
        MayDo(bot, "service.restart").ShouldBeFalse();
        Facts<ConnectionMade>(bot)[^1].Settings[EnabledActions.Setting].ShouldBe("device.reboot");
    }

    [Theory]
    [InlineData("enable device.rebot on contoso-ninjaone", "; near are device.reboot")]
    [InlineData("enable service.restart on contoso-ninjaone", "service.restart is enabled on contoso-ninjaone already")]
    [InlineData("disable device.reboot on contoso-ninjaone", "device.reboot is switched off on contoso-ninjaone already")]
    [InlineData("enable service.stop on contoso-ninjaone", "service.stop is enabled on contoso-ninjaone already")]
    [InlineData("enable device.reboot on contoso-datto", "no connection contoso-datto that was made in chat; there are contoso-ninjaone")]
    [InlineData("enable alert.silence on contoso-wazuh", "contoso-wazuh stands in the bot")]
    [InlineData("enable all on contoso-ninjaone", "stands alone")]
    [InlineData("enable device.reboot", "On which connection?")]
    [InlineData("enable", "Which action?")]
    public async Task What_cannot_be_asked_for_is_said(string said, string answered)
    {
        await using var bot = await StartAsync();
        await ConnectAsync(bot, Filled(ninja, "service.restart,service.start"));
        await bot.SayAsync(Ana, null, said);
        Told(bot).ShouldContain(answered);
        Facts<ProposalStaged>(bot).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Names_that_the_connector_does_not_have_come_back_on_the_form()
    {
        await using var bot = await StartAsync();
        var answer = await SubmitAsync(bot, Ana, Filled(ninja, "service.restrat"));
        answer.ShouldContain("; near are service.restart");
        (await SecretsAsync(bot)).ShouldBe(0);
    }

    [Fact]
    public async Task Other_credentials_are_a_card_that_shows_what_changes_and_no_secret()
    {
        await using var bot = await StartAsync();
        await ConnectAsync(bot, Filled(ninja, "service.restart"));
        ninja.Secret = "a-newer-secret-of-ninjaone";
        var changed = Filled(ninja, "service.restart,device.reboot");
        changed["setting:ClientSecret"] = ninja.Secret;
        changed.Remove("setting:WebhookSecret");
        (await SubmitAsync(bot, Ana, changed)).ShouldContain("1 approval by");
        await CardAsync(bot, "Change the connection to NinjaOne");
        var card = Posted(bot)[^1].ToJsonString();
        card.ShouldContain("changed: a new secret that the bot keeps");
        card.ShouldContain("unchanged: the secret that is in use");
        card.ShouldContain("touches one device (new)");
        card.ShouldNotContain(ninja.Secret);
    }

    [Fact]
    public async Task Other_settings_are_a_card_with_the_old_and_the_new_ones()
    {
        await using var bot = await StartAsync();
        await ConnectAsync(bot, Filled(ninja, "service.restart"));
        await using var elsewhere = await PlayedNinjaOne.StartAsync();
        var changed = Filled(ninja, "service.restart");
        changed["setting:Address"] = elsewhere.Address;
        (await SubmitAsync(bot, Ana, changed)).ShouldContain("1 approval by");
        await CardAsync(bot, "Change the connection to NinjaOne");
        var shown = Posted(bot)[^1].ToJsonString();
        shown.ShouldContain(elsewhere.Address);
        shown.ShouldContain($"(was {ninja.Address})");
        Facts<ConnectionMade>(bot).ShouldHaveSingleItem().Settings["Address"].ShouldBe(ninja.Address);
    }

    private static JsonObject Filled(PlayedNinjaOne ninja, string actions)
    {
        var filled = ConnectScene.Filled(ninja);
        filled[Actions] = actions;
        return filled;
    }

    private static bool MayDo(RunningBot bot, string action)
    {
        var connections = bot.Services.GetRequiredService<IConnections>();
        var connection = connections.Find(Contoso, "contoso-ninjaone")!;
        return connections.GetConnector(connection).FindEnabled(connection, action) is not null;
    }

    private static Task CardAsync(RunningBot bot, string title) => RunningBot.UntilAsync(
        () => Posted(bot)[^1].ToJsonString().Contains(title, StringComparison.Ordinal), $"no card {title}");

    private static async Task ApproveAsync(RunningBot bot, int changes)
    {
        (await bot.PressAsync(Jo, Channel, "approve", Data(bot))).ShouldContain("You approved");
        await RunningBot.UntilAsync(() => Facts<ConnectionMade>(bot).Count == changes, "it has no effect");
        await bot.SettleAsync();
    }
}
