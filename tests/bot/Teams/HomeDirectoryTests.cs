using System.Net;
using DevOpsAI.Bot.Teams;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Gates;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Teams;

/// <summary>The same object id in two directories is two people.</summary>
public sealed class HomeDirectoryTests
{
    private const string Other = "99999999-9999-4999-8999-9999999999AA";
    private const string Dana = "33333333-3333-4333-8333-333333333300";
    private const string DanaElsewhere = "99999999-9999-4999-8999-9999999999aa/33333333-3333-4333-8333-333333333300";

    [Theory]
    [InlineData(TeamsHost.Tenant, TeamsHost.Tenant, Dana, Dana)]
    [InlineData(Other, Other, Dana, DanaElsewhere)]
    [InlineData(TeamsHost.Tenant, Other, Dana, DanaElsewhere)]
    [InlineData(Other, TeamsHost.Tenant, Dana, DanaElsewhere)]
    [InlineData(TeamsHost.Tenant, TeamsHost.Tenant, DanaElsewhere, null)]
    [InlineData(Other, Other, TeamsHost.Tenant + "/" + Dana, null)]
    public async Task Whoever_comes_from_another_directory_is_called_with_it(
        string conversation, string channel, string objectId, string? called)
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await StartAsync(teams);
        var hello = AnActivity.Message("hello", serviceUrl: teams.ServiceUrl);
        hello["conversation"]!["tenantId"] = conversation;
        hello["channelData"]!["tenant"]!["id"] = channel;
        hello["from"]!["aadObjectId"] = objectId;
        (await host.StatusAsync(hello, new AuthenticationTests.Attack(teams).Token())).ShouldBe(HttpStatusCode.Accepted);
        await host.StopAsync();
        host.Handler.Turns.ShouldHaveSingleItem().Turn.Person?.ObjectId.Value.ShouldBe(called);
        host.Get<IConversationReferences>().KnownPeople(Conversation("a:1dana")).ShouldHaveSingleItem().ObjectId?.Value.ShouldBe(called);
    }

    [Fact]
    public void A_list_of_members_calls_them_as_their_messages_do()
    {
        Home().Call(new(TeamsHost.Tenant.ToUpperInvariant()), Dana)?.Value.ShouldBe(Dana);
        Home().Call(new(Other), Dana.ToUpperInvariant())?.Value.ShouldBe(DanaElsewhere);
        Home().Call(default, Dana).ShouldBeNull("nobody knows whose id that is");
        Home().Call(new(Other), null).ShouldBeNull();
        new HomeDirectory(Options.Create(new TeamsOptions())).Call(new("directory"), Dana)?.Value.ShouldBe(Dana,
            "Local Teams has one directory");
    }

    [Theory]
    [InlineData("botframework.com", Other, Dana, DanaElsewhere,
        "the first that is allowed is ours where the registration's is none of them")]
    [InlineData(Other, null, Dana, DanaElsewhere, "the registration's own where none is listed")]
    public void Which_directory_is_ours_is_said_by_the_settings(string tenant, string? allowed, string plain, string full, string because)
    {
        var home = new HomeDirectory(
            Options.Create(new TeamsOptions
                { AppId = TeamsHost.AppId, TenantId = tenant, AllowedTenants = allowed is null ? [] : [allowed, TeamsHost.Tenant] }));
        home.Written(full).ShouldBe(plain, because);
        home.Call(new(Other), plain)?.Value.ShouldBe(plain, because);
        home.Written($"{TeamsHost.Tenant}/{Dana}").ShouldBe($"{TeamsHost.Tenant}/{Dana}");
    }

    [Fact]
    public void In_settings_our_own_directory_may_be_named_or_not()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Teams:AppId"] = TeamsHost.AppId, ["Teams:TenantId"] = TeamsHost.Tenant, ["Teams:ClientSecret"] = "x",
            ["Access:Roles:*:approver:0"] = $"{TeamsHost.Tenant}/{Dana}", ["Access:Roles:*:approver:1"] = DanaElsewhere,
            ["Access:Absences:0:Person"] = $" {TeamsHost.Tenant}/{Dana}", ["Access:Absences:0:Delegate"] = DanaElsewhere,
        };
        using var services =
            new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
                .AddTeams()
            .AddOptions<AccessOptions>().BindConfiguration("Access").Services.BuildServiceProvider();
        var access = services.GetRequiredService<IOptions<AccessOptions>>().Value;
        access.Roles["*"]["approver"].ShouldBe([Dana, DanaElsewhere]);
        (access.Absences[0].Person, access.Absences[0].Delegate).ShouldBe((Dana, DanaElsewhere));
    }

    private static HomeDirectory Home() =>
        new(Options.Create(
            new TeamsOptions { AppId = TeamsHost.AppId, TenantId = TeamsHost.Tenant, AllowedTenants = [Other, TeamsHost.Tenant] }));

    private static Task<TeamsHost> StartAsync(FakeTeams teams) => TeamsHost.StartRegisteredAsync(
        teams, settings: new() { ["Teams:AllowedTenants:0"] = Other, ["Teams:AllowedTenants:1"] = TeamsHost.Tenant });
}
