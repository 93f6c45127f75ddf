using System.Text.RegularExpressions;
using DevOpsAI.Bot.Hosting.Settings;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace DevOpsAI.Tests.Hosting.Settings;

public sealed partial class KnownSettingsTests
{
    private const string Id = "01234567-89ab-cdef-0123-456789abcdef";

    [Theory]
    [InlineData("Gates:PolciyPath", "x", "Gates:PolciyPath: there is no such setting; did you mean Gates:PolicyPath?")]
    [InlineData("gates:killswitch", "x", "gates:killswitch: there is no such setting; gates has KillSwitchPath, PolicyPath.")]
    [InlineData("Teams:AppID2", "x", "Teams:AppID2: there is no such setting; did you mean Teams:AppId?")]
    [InlineData("Storage:Keys:VaultUrl", "https://a.example",
        "Storage:Keys:VaultUrl: there is no such setting; did you mean Storage:Keys:VaultUri?")]
    [InlineData("Storage:Cosmos:EndPiont", "x", "Storage:Cosmos:EndPiont: there is no such setting; did you mean Storage:Cosmos:Endpoint?")]
    [InlineData("Tenants:contoso:Prefx", "CON", "Tenants:contoso:Prefx: there is no such setting; did you mean Tenants:contoso:Prefix?")]
    [InlineData("Connections:c:Setings:Token", "x",
        "Connections:c:Setings: there is no such setting; did you mean Connections:c:Settings?")]
    [InlineData("Connections:c:Settings:Token:Value", "x",
        "Connections:c:Settings:Token:Value: there is no such setting; Connections:c:Settings:Token is a single value.")]
    [InlineData("Access:Absences:0:Form", "x", "Access:Absences:0:Form: there is no such setting; did you mean Access:Absences:0:From?")]
    [InlineData("Ledger:Witnesses:0:Uri", "x", "Ledger:Witnesses:0:Uri: there is no such setting; did you mean Ledger:Witnesses:0:Url?")]
    [InlineData("Acess:Local", "none", "Acess: there is no such section; did you mean Access?")]
    [InlineData("Webhook:Concurrent", "5", "Webhook: there is no such section; did you mean Webhooks?")]
    [InlineData("Access:Roles:contoso:approver", Id,
        "Access:Roles:contoso:approver: takes no value of its own; it is a list, so write Access:Roles:contoso:approver:0.")]
    [InlineData("Teams:AllowedTenants", Id,
        "Teams:AllowedTenants: takes no value of its own; it is a list, so write Teams:AllowedTenants:0.")]
    [InlineData("Storms:Window", "soon",
        "Storms:Window is 'soon'; it must be hours, minutes and seconds, as in 00:05:00 (1.00:00:00 is a day).")]
    [InlineData("Storms:Tenant", "many", "Storms:Tenant is 'many'; it must be a whole number.")]
    [InlineData("Digests:Enabled", "yes", "Digests:Enabled is 'yes'; it must be true or false.")]
    [InlineData("Digests:At", "7 o'clock", "Digests:At is '7 o'clock'; it must be a time of day, as in 07:00.")]
    [InlineData("Access:Local", "everybody", "Access:Local is 'everybody'; it must be one of Administrator, None.")]
    public void A_setting_that_does_nothing_is_told_with_what_was_probably_meant(string setting, string value, string told) =>
        ValidationErrors((setting, value)).ShouldBe([told]);

    [Theory]
    [InlineData("Logging:LogLevel:Default", "Debug")]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://localhost:1")]
    [InlineData("ConnectionStrings:x", "y")]
    [InlineData("SomethingElse:Teams", "x")]
    [InlineData("Storage", "a variable of somebody else's")]
    [InlineData("ACCESS", "1")]
    [InlineData("teams:appid", Id)]
    [InlineData("Access:Roles:*:approver:0", Id)]
    [InlineData("Access:Absences:0:From", "2026-12-23T18:00+01:00")]
    [InlineData("Connections:c:StaleAfter", "")]
    [InlineData("Testing:CrashAt", "x")]
    [InlineData("Compliance:Provider", "Northwind")]
    public void Others_settings_and_good_ones_are_no_mistakes(string setting, string value) =>
        ValidationErrors((setting, value)).ShouldBeEmpty();

    [Fact]
    public void All_mistakes_are_told_together() =>
        ValidationErrors(("Gates:PolciyPath", "x"), ("Digests:Enabled", "yes"), ("Storms:Windows", "00:01:00")).Count.ShouldBe(3);

    [Theory]
    [InlineData("appsettings.json")]
    [InlineData("appsettings.Development.json")]
    public void The_files_beside_the_bot_hold_known_settings_only(string file) =>
        KnownSettings.LookAt(new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, "bot", file)).Build()).ValidationErrors
            .ShouldBeEmpty();

    [Fact]
    public void Every_setting_that_the_operations_page_names_is_known()
    {
        var named = Documented().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md")))
            .Select(static match => match.Groups["name"].Value.Replace("{id}", "contoso").Replace("{name}", "x")
                .Replace("{tenant or *}", "*").Replace("{role}", "approver:0").Replace("{n}", "0"))
            .Where(static name => !name.EndsWith('*')).Distinct().ToList();
        named.Count.ShouldBeGreaterThan(20);
        foreach (var name in named)
            ValidationErrors((name, "")).ShouldBeEmpty(name);
    }

    private static List<string> ValidationErrors(params (string Key, string Value)[] settings) =>
        KnownSettings.LookAt(
            new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(one => one.Key, one => (string?)one.Value))
                .Build()).ValidationErrors;

    [GeneratedRegex(
        @"`(?<name>(Access|Cards|Completeness|Connections|Digests|Drafting|Gates|Ledger|Storage|Storms|Teams|Tenants|"
            + @"Webhooks):[A-Za-z0-9:{}* ]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Documented();
}
