using System.Net;
using DevOpsAI.Bot.Cli.Setup;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

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

    [Fact]
    public async Task A_federated_token_is_read_anew_for_each_token()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "issued.first.one\n", Token);
        await using var host = await HostWithAsync("FederatedTokenFile", file);
        var tokens = host.Get<IBotTokens>();
        var token = await tokens.GetAsync(Token);
        await File.WriteAllTextAsync(file, "issued.second.one", Token);
        tokens.Drop(token);
        await tokens.GetAsync(Token);
        entra.Assertions.ShouldBe(["issued.first.one", "issued.second.one"]);
        File.Delete(file);
    }

    [Fact]
    public async Task A_federated_token_that_nobody_wrote_yet_is_told_and_asked_for_again()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "token");
        await using var host = await HostWithAsync("FederatedTokenFile", file);
        var tokens = host.Get<IBotTokens>();
        var problem = await Should.ThrowAsync<TokenUnavailableException>(tokens.GetAsync(Token));
        CredentialRefusals.Explain(problem.InnerException!, host.Get<IOptions<TeamsOptions>>().Value)
            .ShouldStartWith("Teams:FederatedTokenFile cannot be read (");
        await File.WriteAllTextAsync(file, "issued.late.one", Token);
        await tokens.GetAsync(Token);
        entra.Assertions.ShouldBe(["issued.late.one"]);
    }

    [Theory]
    [InlineData(70021)]
    [InlineData(700211)]
    [InlineData(700212)]
    [InlineData(700213)]
    public async Task A_federated_credential_that_does_not_fit_is_told_to_be_compared(int number)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "issued.for.another", Token);
        entra.Refusal = number;
        await using var host = await HostWithAsync("FederatedTokenFile", file);
        var problem = await Should.ThrowAsync<TokenUnavailableException>(host.Get<IBotTokens>().GetAsync(Token));
        var told = CredentialRefusals.Explain(problem.InnerException!, host.Get<IOptions<TeamsOptions>>().Value);
        told.ShouldContain($"AADSTS{number}");
        told.ShouldContain("Compare issuer, audience and subject");
        told.ShouldNotContain("issued.for.another");
        File.Delete(file);
    }

    public void Dispose() => entra.Dispose();

    private Task<TeamsHost> HostAsync(string secret) => HostWithAsync("ClientSecret", secret);

    private Task<TeamsHost> HostWithAsync(string setting, string value) => TeamsHost.StartAsync(
        new Dictionary<string, string?>
        {
            ["Teams:AppId"] = TeamsHost.AppId, ["Teams:TenantId"] = TeamsHost.Tenant, [$"Teams:{setting}"] = value,
        },
        clock,
        services: services => services.AddHttpClient(BotTokens.Client).ConfigurePrimaryHttpMessageHandler(() => entra));

    private sealed class Entra : HttpMessageHandler
    {
        public List<string> Secrets { get; } = [];

        public List<string> Assertions { get; } = [];

        /// <summary>The number by which Entra refuses; null when it gives a token.</summary>
        public int? Refusal { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var form = await request.Content!.ReadAsStringAsync(cancellationToken);
            var fields = form.Split('&').Select(pair => pair.Split('=')).ToLookup(pair => pair[0], pair => WebUtility.UrlDecode(pair[1]));
            Secrets.AddRange(fields["client_secret"]);
            Assertions.AddRange(fields["client_assertion"]);
            (Secrets.Count + Assertions.Count).ShouldBeGreaterThan(0, form);
            if (Refusal is { } number)
            {
                return new(HttpStatusCode.BadRequest)
                {
                    Content = new StringContent($$"""{"error":"invalid_client","error_codes":[{{number}}]}"""),
                };
            }
            var count = Secrets.Count + Assertions.Count;
            return new(HttpStatusCode.OK)
            {
                Content = new StringContent($$"""{"token_type":"Bearer","expires_in":3599,"access_token":"token-{{count}}"}"""),
            };
        }
    }
}
