using DevOpsAI.Bot.Teams;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Teams;

public sealed class StartupTests
{
    private static readonly Dictionary<string, string?> Registered = new()
    {
        ["Teams:AppId"] = TeamsHost.AppId,
        ["Teams:TenantId"] = TeamsHost.Tenant,
        ["Teams:ClientSecret"] = "not a secret",
    };

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:0")]
    [InlineData("http://127.0.0.1:0;http://127.0.0.2:0")]
    public async Task Local_mode_starts_on_loopback(string urls)
    {
        await using var host = await TeamsHost.StartAsync(urls: urls);
        host.Get<ILocalMode>().IsLocal.ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://+:0")]
    [InlineData("http://192.0.2.1:3978")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    public async Task Local_mode_refuses_to_listen_for_others(string urls)
    {
        var refusal = await Should.ThrowAsync<TeamsSetupException>(TeamsHost.StartAsync(urls: urls));
        refusal.Message.ShouldContain("Teams:AppId");
        refusal.Message.ShouldContain("Teams:ClientSecret");
    }

    [Theory]
    [InlineData("http_ports", "8080")]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://*:8080")]
    public async Task Every_way_to_set_an_address_is_looked_at(string setting, string value) =>
        await Should.ThrowAsync<TeamsSetupException>(TeamsHost.StartAsync(new() { [setting] = value }, urls: ""));

    [Fact]
    public async Task With_credentials_any_address_may_be_listened_on()
    {
        await using var host = await TeamsHost.StartAsync(new(Registered) { ["Teams:TlsProxy"] = "true" }, urls: "http://0.0.0.0:0");
        host.Get<ILocalMode>().IsLocal.ShouldBeFalse();
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", false)]
    [InlineData("HTTP://*:0", false)]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0", false)]
    [InlineData("http://127.0.0.1:0", true)]
    public async Task Without_a_proxy_that_ends_TLS_plain_http_is_for_this_machine_only(string urls, bool starts)
    {
        if (starts)
        {
            await using var host = await TeamsHost.StartAsync(Registered, urls: urls);
            return;
        }
        (await Should.ThrowAsync<TeamsSetupException>(TeamsHost.StartAsync(Registered, urls: urls))).Message.ShouldContain(
            "Teams:TlsProxy=true");
    }

    [Theory]
    [InlineData("Development", "http://0.0.0.0:0", false)]
    [InlineData("development", "http://*:0", false)]
    [InlineData("Development", "http://127.0.0.1:0", true)]
    [InlineData("Production", "http://0.0.0.0:0", true)]
    public async Task With_credentials_the_development_environment_is_for_this_machine_only(string environment, string urls, bool starts)
    {
        Task<TeamsHost> StartAsync() =>
            TeamsHost.StartAsync(new(Registered) { ["Teams:TlsProxy"] = "true" }, urls: urls, services: services =>
            services.AddSingleton<IHostEnvironment>(
                new HostingEnvironment { EnvironmentName = environment, ContentRootPath = Path.GetTempPath() }));
        if (starts)
        {
            await using var host = await StartAsync();
            host.Get<ILocalMode>().IsLocal.ShouldBeFalse();
            return;
        }
        (await Should.ThrowAsync<TeamsSetupException>(StartAsync())).Message.ShouldContain("--environment Production");
    }

    [Theory]
    [InlineData("Teams:ClientSecret", null, "Teams:ClientSecret")]
    [InlineData("Teams:CertificatePath", "bot.pfx", "exactly one credential")]
    [InlineData("Teams:ManagedIdentity", "true", "exactly one credential")]
    [InlineData("Teams:FederatedTokenFile", "/var/run/token", "exactly one credential")]
    [InlineData("Teams:TenantId", null, "Teams:TenantId")]
    [InlineData("Teams:TenantId", "botframework.com", "Teams:AllowedTenants")]
    [InlineData("Teams:AppId", "my bot", "Teams:AppId")]
    [InlineData("Teams:AppId", null, "Teams:AppId")]
    [InlineData("Teams:Cloud", "mars", "Teams:Cloud")]
    [InlineData("Teams:Cloud", "china", "Teams:TrustedServiceUrls")]
    [InlineData("Teams:MetadataUrl", "http://login.example/keys", "Teams:MetadataUrl")]
    [InlineData("Teams:LoginUrl", "http://login.example/", "Teams:LoginUrl")]
    [InlineData("Teams:Issuer", "https://me", "Teams:MetadataUrl")]
    [InlineData("Teams:AllowedTenants:0", "contoso", "Teams:AllowedTenants")]
    [InlineData("Teams:AllowedTenants:0", "{11111111-1111-4111-8111-111111111111}", "write it as 11111111-1111-4111-8111-111111111111")]
    [InlineData("Teams:AllowedTenants:0", "11111111111141118111111111111111", "write it as 11111111-1111-4111-8111-111111111111")]
    [InlineData("Teams:AllowedTenants:0", " 11111111-1111-4111-8111-111111111111", "write it as 11111111-1111-4111-8111-111111111111")]
    [InlineData("Teams:TenantId", "{11111111-1111-4111-8111-111111111111}", "write it as 11111111-1111-4111-8111-111111111111")]
    [InlineData("Teams:TrustedServiceUrls:0", "http://teams.example/", "Teams:TrustedServiceUrls")]
    [InlineData("Teams:InvokeBudget", "00:00:20", "InvokeBudget")]
    public async Task A_wrong_setting_is_named(string setting, string? value, string named)
    {
        var settings = new Dictionary<string, string?>(Registered) { [setting] = value };
        (await Should.ThrowAsync<OptionsValidationException>(TeamsHost.StartAsync(settings))).Message.ShouldContain(named);
    }
}
