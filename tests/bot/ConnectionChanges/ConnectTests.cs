using System.Net;
using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Isolation;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static DevOpsAI.Tests.ConnectionChanges.ConnectScene;

namespace DevOpsAI.Tests.ConnectionChanges;

/// <summary>A connection is made in chat: a dialog, the vendor's word, somebody else's approval; no secret but in its store.</summary>
public sealed class ConnectTests : IAsyncLifetime
{
    private PlayedNinjaOne ninja = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => ninja = await PlayedNinjaOne.StartAsync();

    public ValueTask DisposeAsync() => ninja.DisposeAsync();

    [Fact]
    public async Task A_form_becomes_a_proposal_somebody_else_approves_it_and_it_works_after_a_restart_too()
    {
        string storage;
        await using (var bot = await StartAsync())
        {
            storage = bot.Storage;
            await bot.SayAsync(Ana, null, "connect ninjaone contoso");
            Told(bot).ShouldContain("Connect NinjaOne for Contoso Ltd");
            Told(bot).ShouldContain("Client secret of the API application");
            Told(bot).ShouldNotContain("Input.");
            var form = await OpenAsync(bot, Ana, Button(bot));
            form.ShouldContain("Connect NinjaOne for Contoso Ltd");
            form.ShouldContain("\"id\":\"setting:ClientSecret\"");
            form.ShouldContain("\"style\":\"Password\"");

            (await SubmitAsync(bot, Ana, Filled(ninja))).ShouldContain("1 approval by somebody other than you");
            await RunningBot.UntilAsync(() => Facts<CardPosted>(bot).Count == 1, "no card was posted");
            var card = Posted(bot)[^1].ToJsonString();
            card.ShouldContain("Connect NinjaOne");
            card.ShouldContain("a new secret that the bot keeps");
            card.ShouldContain("/api/events/contoso-ninjaone");
            Facts<ConnectionMade>(bot).ShouldBeEmpty();
            (await DeliverAsync(bot, HookSecret)).ShouldBe(HttpStatusCode.Unauthorized, "nobody has agreed yet");

            (await bot.PressAsync(Ana, Channel, "approve", Data(bot))).ShouldContain("somebody else must approve it");
            (await bot.PressAsync(Jo, Channel, "approve", Data(bot))).ShouldContain("You approved connection contoso-ninjaone.1");
            await RunningBot.UntilAsync(() => Facts<ConnectionMade>(bot).Count == 1, "the connection is not in use");

            await bot.SayAsync(Ana, null, "connectors health contoso");
            Told(bot).ShouldContain("contoso-ninjaone");
            Told(bot).ShouldContain("\"ok\"");
            Told(bot).ShouldContain("calls failed");
            Told(bot).ShouldContain("access token until ");
            (await DeliverAsync(bot, "the-hook-secret-of-fabrikam")).ShouldBe(HttpStatusCode.Unauthorized);
            (await DeliverAsync(bot, HookSecret)).ShouldBe(HttpStatusCode.Accepted, string.Join('\n', bot.Log.TakeLast(6)));
            await bot.SettleAsync();
            AssertNowhere(bot);
        }
        await using (var again = await StartAsync(storage))
        {
            (await DeliverAsync(again, HookSecret)).ShouldBe(HttpStatusCode.Accepted, "the first request after a restart");
            ninja.Calls.Clear();
            await again.SayAsync(Ana, null, "connectors health contoso");
            Told(again).ShouldContain("\"ok\"");
            ninja.Calls.ShouldContain("GET /v2/organization/2");
            AssertNowhere(again);
        }
        foreach (var file in Directory.EnumerateFiles(storage, "*", SearchOption.AllDirectories))
        {
            var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Token));
            text.ShouldNotContain(Secret, Case.Sensitive, file);
            text.ShouldNotContain(HookSecret, Case.Sensitive, file);
        }
    }

    [Fact]
    public async Task Wrong_credentials_bring_the_form_back_with_what_the_vendor_says_and_nothing_is_kept()
    {
        await using var bot = await StartAsync();
        ninja.Secret = "another";
        var answer = await SubmitAsync(bot, Ana, Filled(ninja));
        answer.ShouldContain("Ask for approval");
        answer.ShouldContain("NinjaOne");
        answer.ShouldContain("ClientSecret");
        answer.ShouldContain("\"value\":\"client\"", customMessage: "what was typed need not be typed again");
        answer.ShouldNotContain(Secret);
        Facts<ProposalStaged>(bot).ShouldBeEmpty();
        (await SecretsAsync(bot)).ShouldBe(0);
    }

    [Theory]
    [InlineData("Organization", "", "Organization")]
    [InlineData("Organization", "Contoso", "Organization")]
    [InlineData("Instance", "mars", "Instance")]
    [InlineData("Address", "http://vendor.example", "https")]
    [InlineData("ClientSecret", "file:/etc/passwd", "type the secret itself")]
    [InlineData("ClientSecret", "env:PATH", "CONTOSO_")]
    [InlineData("ClientSecret", "env:FABRIKAM_SECRET", "CONTOSO_")]
    [InlineData("ClientSecret", "env:CONTOSO_UK_SECRET", "CONTOSO_")]
    [InlineData("ClientSecret", "stored:fabrikam/0123456789abcdef0123456789abcdef", "type the secret itself")]
    [InlineData("ClientSecret", "keyvault:fabrikam-ninjaone", "contoso-")]
    [InlineData("ClientSecret", "keyvault:contoso-uk-ninjaone", "contoso-")]
    [InlineData("ClientSecret", "keyvault:typed-contoso-0123456789abcdef0123456789abcdef", "contoso-")]
    [InlineData("ClientSecret", "keyvault:contoso-a/../../keys/b", "letters, digits and hyphens")]
    [InlineData("ClientId", "env:CONTOSO_X", "is no secret")]
    [InlineData("ClientId", "a\u0007b", "one line")]
    public async Task What_cannot_be_taken_is_told_on_the_form(string setting, string value, string told)
    {
        await using var bot = await StartAsync();
        var data = Filled(ninja);
        data[$"setting:{setting}"] = value;
        var answer = await SubmitAsync(bot, Ana, data);
        answer.ShouldContain("Ask for approval");
        answer.ShouldContain(told);
        Facts<ProposalStaged>(bot).ShouldBeEmpty();
        (await SecretsAsync(bot)).ShouldBe(0);
    }

    [Fact]
    public async Task A_secret_that_is_in_use_goes_to_no_address_that_nobody_has_approved()
    {
        await using var bot = await StartAsync();
        await ConnectAsync(bot, Filled(ninja));
        await using var elsewhere = await PlayedNinjaOne.StartAsync();
        var moved = Filled(ninja);
        moved["setting:Address"] = elsewhere.Address;
        moved.Remove("setting:ClientSecret");
        moved.Remove("setting:WebhookSecret");
        var answer = await SubmitAsync(bot, Ana, moved);
        answer.ShouldContain("ClientSecret: type it anew");
        answer.ShouldContain("WebhookSecret: type it anew");
        elsewhere.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_secret_of_the_environment_goes_nowhere_before_somebody_has_approved()
    {
        const string variable = "CONTOSO_NINJAONE_OF_A_TEST";
        Environment.SetEnvironmentVariable(variable, Secret);
        await using var bot = await StartAsync();
        var data = Filled(ninja);
        data["setting:ClientSecret"] = $"env:{variable}";
        await ConnectAsync(bot, data);
        ninja.Calls.ShouldBeEmpty();
        await bot.SayAsync(Ana, null, "connectors health contoso");
        Told(bot).ShouldContain("\"ok\"");
        (await SecretsAsync(bot)).ShouldBe(1, "the hook's");
    }

    [Fact]
    public async Task What_is_tried_out_touches_no_connection_that_is_in_use()
    {
        await using var bot = await StartAsync();
        await ConnectAsync(bot, Filled(ninja));
        await bot.SayAsync(Ana, null, "connectors health contoso");
        var nowhere = Filled(ninja);
        nowhere["setting:Address"] = "http://127.0.0.1:9";
        for (var time = 0; time < 12; time++)
            (await SubmitAsync(bot, Ana, nowhere.DeepClone().AsObject())).ShouldContain("Ask for approval");
        ninja.Calls.Clear();
        await bot.SayAsync(Ana, null, "connectors health contoso");
        Told(bot).ShouldContain("\"ok\"", customMessage: "its circuit breaker counts its own calls");
        ninja.Calls.ShouldHaveSingleItem("its token is its own").ShouldBe("GET /v2/organization/2");
    }

    [Fact]
    public async Task Only_administrators_of_the_client_may_ask()
    {
        await using var bot = await StartAsync();
        await bot.SayAsync(Jo, null, "connect ninjaone contoso");
        Told(bot).ShouldContain("Only administrators");
        (await SubmitAsync(bot, Jo, Filled(ninja))).ShouldContain("Only administrators");
        var foreign = Filled(ninja);
        foreign["tenant"] = "fabrikam";
        (await SubmitAsync(bot, Ana, foreign)).ShouldContain("no such client");
        var elsewhere = new Someone("11111111-0000-4000-8000-000000000009", "Nobody");
        (await SubmitAsync(bot, elsewhere, Filled(ninja))).ShouldContain("no such client");
        Facts<ProposalStaged>(bot).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_rejected_leaves_no_secret()
    {
        await using var bot = await StartAsync();
        await SubmitAsync(bot, Ana, Filled(ninja));
        await RunningBot.UntilAsync(() => Facts<CardPosted>(bot).Count == 1, "no card was posted");
        (await SecretsAsync(bot)).ShouldBe(2);
        var data = Data(bot);
        data["reason"] = "Not this vendor.";
        (await bot.PressAsync(Jo, Channel, "reject", data)).ShouldContain("Rejected");
        await bot.SettleAsync();
        (await SecretsAsync(bot)).ShouldBe(0);
        Facts<ConnectionMade>(bot).ShouldBeEmpty();
    }

    [Fact]
    public async Task New_credentials_replace_the_old_ones_and_a_disconnection_takes_all_away()
    {
        await using var bot = await StartAsync();
        await ConnectAsync(bot, Filled(ninja));
        ninja.Secret = "a-newer-secret-of-ninjaone";
        var changed = Filled(ninja);
        changed["setting:ClientSecret"] = ninja.Secret;
        changed.Remove("setting:WebhookSecret");
        await ConnectAsync(bot, changed);
        Facts<ConnectionMade>(bot).Count.ShouldBe(2);
        await bot.SettleAsync();
        (await SecretsAsync(bot)).ShouldBe(2, "the hook's secret was kept, the client's replaced");
        (await DeliverAsync(bot, HookSecret)).ShouldBe(HttpStatusCode.Accepted);
        await bot.SayAsync(Ana, null, "connectors health contoso");
        Told(bot).ShouldContain("\"ok\"");

        await bot.SayAsync(Ana, null, "disconnect ninjaone contoso");
        await bot.SayAsync(Ana, null, "disconnect ninjaone contoso");
        await RunningBot.UntilAsync(
            () => Sent(bot).Any(static text => text.Contains("waits for a decision already", StringComparison.Ordinal)), "asked twice");
        await RunningBot.UntilAsync(
            () => Posted(bot)[^1].ToJsonString().Contains("Disconnect NinjaOne", StringComparison.Ordinal), "no card");
        (await bot.PressAsync(Jo, Channel, "approve", Data(bot))).ShouldContain("You approved");
        await RunningBot.UntilAsync(() => Facts<ConnectionRemoved>(bot).Count == 1, "it is in use still");
        await bot.SettleAsync();
        (await SecretsAsync(bot)).ShouldBe(0);
        (await DeliverAsync(bot, HookSecret)).ShouldBe(HttpStatusCode.Unauthorized);
        bot.Services.GetRequiredService<IConnections>().For(Contoso).ShouldNotContain(static one => one.Connector == "ninjaone");
    }

    [Theory]
    [InlineData("connect alertmanager contoso", "Connect Prometheus Alertmanager")]
    [InlineData("connect datto rmm to contoso", "Connect Datto RMM for Contoso Ltd")]
    [InlineData("connect contoso with ServiceNow", "Connect ServiceNow for Contoso Ltd")]
    [InlineData("connect", "Which vendor?")]
    [InlineData("connect wordpress contoso", "Which vendor?")]
    [InlineData("disconnect ninjaone contoso", "no connection contoso-ninjaone")]
    public async Task Vendors_are_named_in_words(string said, string answered)
    {
        await using var bot = await StartAsync();
        await bot.SayAsync(Ana, null, said);
        Told(bot).ShouldContain(answered);
    }

    [Fact]
    public async Task What_stands_in_the_settings_is_changed_there()
    {
        await using var bot = await StartAsync();
        await bot.SayAsync(Ana, null, "disconnect wazuh contoso");
        Told(bot).ShouldContain("settings, so it is removed there");
        await bot.SayAsync(Ana, null, "connectors");
        Told(bot).ShouldContain("contoso-wazuh");
        Told(bot).ShouldNotContain("a-token-of-the-settings");
    }
}
