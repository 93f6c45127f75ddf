using DevOpsAI.Bot.Teams.Settings;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Teams;

public sealed class ServiceUrlTests
{
    [Theory]
    [InlineData("https://smba.trafficmanager.net/amer/11111111-1111-4111-8111-111111111111/", true)]
    [InlineData("https://SMBA.trafficmanager.net/teams", true)]
    [InlineData("https://smba.trafficmanager.net:443/teams", true)]
    [InlineData("http://smba.trafficmanager.net/amer/", false)]
    [InlineData("https://smba.trafficmanager.net:8443/amer/", false)]
    [InlineData("https://user@smba.trafficmanager.net/amer/", false)]
    [InlineData("https://user:pass@smba.trafficmanager.net/amer/", false)]
    [InlineData("https://smba.trafficmanager.net@evil.com/", false)]
    [InlineData("https://evil.trafficmanager.net/amer/", false)]
    [InlineData("https://smba.trafficmanager.net.evil.com/amer/", false)]
    [InlineData("https://smba.trafficmanager.net./amer/", false)]
    [InlineData("https://evilsmba.trafficmanager.net/", false)]
    [InlineData("https://smba.infra.gcc.teams.microsoft.com/teams", false)]
    [InlineData("https://ſmba.trafficmanager.net/amer/", false)]
    [InlineData("https://ｓmba.trafficmanager.net/amer/", false)]
    [InlineData("https://smba。trafficmanager.net/amer/", false)]
    [InlineData("https:\\\\smba.trafficmanager.net\\amer", false)]
    [InlineData("https:///smba.trafficmanager.net/amer", false)]
    [InlineData("https://smba.trafficmanager.net/amer/?next=x", false)]
    [InlineData("https://smba.trafficmanager.net/amer/#x", false)]
    [InlineData("https://evil.com\\@smba.trafficmanager.net/", false)]
    [InlineData("//smba.trafficmanager.net/amer/", false)]
    [InlineData("/amer", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("http://localhost:3978/localteams/connector", false)]
    [InlineData("https://127.0.0.1/", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("https://partner.example:8443/teams/eu", true)]
    [InlineData("https://partner.example:8443/teams", true)]
    [InlineData("https://partner.example:8443/teamsters", false)]
    [InlineData("https://partner.example/teams", false)]
    [InlineData("https://partner.example:8443/teams/../admin", false)]
    [InlineData("http://127.0.0.1:5005/connector", true)]
    [InlineData("http://127.0.0.1:5006/connector", false)]
    public void With_an_app_id_only_listed_addresses_get_the_token(string? url, bool trusted) =>
        Urls(new() { AppId = TeamsHost.AppId, TrustedServiceUrls = ["https://partner.example:8443/teams", "http://127.0.0.1:5005"] })
            .IsTrusted(url).ShouldBe(trusted);

    [Theory]
    [InlineData("http://localhost:56350/_connector", true)]
    [InlineData("http://127.0.0.1:56350/_connector", true)]
    [InlineData("http://[::1]:56350/_connector", true)]
    [InlineData("https://localhost/", true)]
    [InlineData("http://localhost.evil.com/", false)]
    [InlineData("http://192.168.1.10/", false)]
    [InlineData("http://169.254.169.254/metadata", false)]
    [InlineData("https://smba.trafficmanager.net/teams", false)]
    public void In_local_mode_only_this_machine_is_called(string url, bool trusted) => Urls(new()).IsTrusted(url).ShouldBe(trusted);

    [Theory]
    [InlineData("gcc", "https://smba.infra.gcc.teams.microsoft.com/teams")]
    [InlineData("gccHigh", "https://smba.infra.gov.teams.microsoft.us/teams")]
    [InlineData("dod", "https://smba.infra.dod.teams.microsoft.us/teams")]
    public void Each_cloud_trusts_its_own_host_alone(string cloud, string url)
    {
        var urls = Urls(new() { AppId = TeamsHost.AppId, Cloud = cloud });
        urls.IsTrusted(url).ShouldBeTrue();
        urls.IsTrusted("https://smba.trafficmanager.net/teams").ShouldBeFalse();
    }

    [Theory]
    [InlineData("https://smba.trafficmanager.net/amer/x/", "https://SMBA.trafficmanager.net/AMER/x", true)]
    [InlineData("https://smba.trafficmanager.net:443/amer/x", "https://smba.trafficmanager.net/amer/x", true)]
    [InlineData("https://smba.trafficmanager.net/amer/x", "https://smba.trafficmanager.net/emea/x", false)]
    [InlineData("https://smba.trafficmanager.net/amer/x", "http://smba.trafficmanager.net/amer/x", false)]
    [InlineData("smba.trafficmanager.net", "https://smba.trafficmanager.net", false)]
    public void A_claim_and_an_address_are_compared_whole(string claim, string url, bool same) =>
        TrustedServiceUrls.AreSame(claim, url).ShouldBe(same);

    private static TrustedServiceUrls Urls(TeamsOptions options) => new(Options.Create(options));
}
