using System.Net;
using DevOpsAI.Connections;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Connections;

/// <summary>From where a connection's events may come.</summary>
public sealed class SenderAddressesTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("203.0.113.0/24, 198.51.100.9", "203.0.113.255", true)]
    [InlineData("203.0.113.0/24; 198.51.100.9", "198.51.100.9", true)]
    [InlineData("203.0.113.0/24 198.51.100.9", "198.51.100.8", false)]
    [InlineData("203.0.113.7/24", "203.0.113.9", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("2001:db8::/32", "203.0.113.7", false)]
    [InlineData("::1", "127.0.0.1", false)]
    [InlineData("0.0.0.0/0", "203.0.113.7", true)]
    [InlineData("0.0.0.0/0", null, false)]
    [InlineData("not an address", "203.0.113.7", false)]
    public void Only_what_is_in_one_of_the_networks_is_let_in(string setting, string? sender, bool isAllowed) =>
        SenderAddresses.Allow(Connect(setting), sender is null ? null : IPAddress.Parse(sender)).ShouldBe(isAllowed);

    [Fact]
    public void Without_the_setting_every_address_is_let_in()
    {
        SenderAddresses.Allow(Connect(null), IPAddress.Loopback).ShouldBeTrue();
        SenderAddresses.Allow(Connect(null), null).ShouldBeTrue();
    }

    [Theory]
    [InlineData("203.0.113.7, 2001:db8::/32", true, null)]
    [InlineData("203.0.113.7", false, "SenderAddresses: acme sends no events, so that there is nobody to keep out.")]
    [InlineData(" ", true, "SenderAddresses: empty; addresses or networks, as in 203.0.113.7, 2001:db8::/32, or leave it out.")]
    [InlineData("203.0.113.7/33", true, "SenderAddresses: '203.0.113.7/33' is no address and no network, as in 203.0.113.7 or 203.0.113.0/24.")]
    [InlineData("203.0.113.256", true, "SenderAddresses: '203.0.113.256' is no address and no network, as in 203.0.113.7 or 203.0.113.0/24.")]
    [InlineData("10.1", true, "SenderAddresses: '10.1' is no address and no network, as in 203.0.113.7 or 203.0.113.0/24.")]
    [InlineData("10.0.0.010", true, "SenderAddresses: '10.0.0.010' is no address and no network, as in 203.0.113.7 or 203.0.113.0/24.")]
    [InlineData("fe80::1%eth0", true, "SenderAddresses: 'fe80::1%eth0' is no address and no network, as in 203.0.113.7 or 203.0.113.0/24.")]
    [InlineData("vendor.example", true, "SenderAddresses: 'vendor.example' is no address and no network, as in 203.0.113.7 or 203.0.113.0/24.")]
    public void What_is_no_address_is_told(string setting, bool sendsEvents, string? problem) =>
        SenderAddresses.Problems(Connect(setting), sendsEvents).ShouldBe(problem is null ? [] : [problem]);

    private static Connection Connect(string? setting) => new(
        "contoso-acme", TenantId.Parse("contoso"), "acme",
        setting is null ? new() : new Dictionary<string, string> { [SenderAddresses.Setting] = setting });
}
