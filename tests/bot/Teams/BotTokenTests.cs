using System.Net;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Teams;

/// <summary>Where the credential for our own token comes from.</summary>
public sealed class BotTokenTests : IDisposable
{
    private readonly Entra entra = new();
    private readonly ManualClock clock = new(DateTimeOffset.UtcNow);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_client_secret_may_be_kept_in_a_file_and_rotated_there()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "first\n", Token);
        await using var host = await HostAsync($"file:{file}");
        var tokens = host.Get<IBotTokens>();
        var token = await tokens.GetAsync(Token);
        entra.Secrets.ShouldBe(["first"]);
        await File.WriteAllTextAsync(file, "second\n", Token);
        clock.Advance(TimeSpan.FromMinutes(1));
        tokens.Drop(token);
        await tokens.GetAsync(Token);
        entra.Secrets.ShouldBe(["first", "second"]);
        File.Delete(file);
    }

    [Fact]
    public async Task A_secret_that_is_not_where_it_should_be_is_told_by_its_place_and_nothing_is_sent()
    {
        await using var host = await HostAsync("env:NO_SUCH_VARIABLE_HERE");
        var problem = await Should.ThrowAsync<TokenUnavailableException>(host.Get<IBotTokens>().GetAsync(Token));
        problem.Message.ShouldContain("env:NO_SUCH_VARIABLE_HERE");
        entra.Secrets.ShouldBeEmpty();
    }

    public void Dispose() => entra.Dispose();

    private Task<TeamsHost> HostAsync(string secret) => TeamsHost.StartAsync(
        new() { ["Teams:AppId"] = TeamsHost.AppId, ["Teams:TenantId"] = TeamsHost.Tenant, ["Teams:ClientSecret"] = secret },
        clock,
        services: services => services.AddHttpClient(BotTokens.Client).ConfigurePrimaryHttpMessageHandler(() => entra));

    private sealed class Entra : HttpMessageHandler
    {
        public List<string> Secrets { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var form = await request.Content!.ReadAsStringAsync(cancellationToken);
            Secrets.Add(form.Split('&').Select(pair => pair.Split('=')).Where(pair => pair[0] == "client_secret")
                .Select(pair => WebUtility.UrlDecode(pair[1])).Single());
            return new(HttpStatusCode.OK)
            {
                Content = new StringContent($$"""{"token_type":"Bearer","expires_in":3599,"access_token":"token-{{Secrets.Count}}"}"""),
            };
        }
    }
}
