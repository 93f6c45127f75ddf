using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Tests.Connectors.Toolkit;

public sealed class SubjectsTests
{
    [Theory]
    [InlineData("srv-file01:9100", "srv-file01")]
    [InlineData("SRV-FILE01.contoso.local:9182", "SRV-FILE01.contoso.local")]
    [InlineData("srv-file01", "srv-file01")]
    [InlineData("10.0.0.5:9100", "10.0.0.5")]
    [InlineData("[2001:db8::1]:9100", "2001:db8::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("https://www.contoso.com/login?x=1", "www.contoso.com")]
    [InlineData("https://[2001:db8::1]:8443/", "2001:db8::1")]
    [InlineData("/dev/sda1", null)]
    [InlineData("C:", null)]
    [InlineData("", null)]
    [InlineData("two words", null)]
    [InlineData("<script>", null)]
    public void The_host_of_an_instance_has_no_port(string instance, string? host) => Subjects.GetHost(instance).ShouldBe(host);

    [Theory]
    [InlineData("instance=srv1:9100;device=/dev/sda1", "srv1")]
    [InlineData("instance=srv1:9100;device=C:", "srv1")]
    [InlineData("instance=localhost:9100;nodename=srv1", "srv1")]
    [InlineData("instance=host.docker.internal:9100;hostname=srv1", "srv1")]
    [InlineData("instance=HOST.DOCKER.INTERNAL:9100;hostname=srv1", "srv1")]
    [InlineData("instance=kubernetes.default.svc:443;node=srv1", "srv1")]
    [InlineData("instance=[::1]:9100;host=srv1", "srv1")]
    [InlineData("instance=srv1:9100;host=host.docker.internal", "srv1")]
    [InlineData("instance=srv1.contoso.local.:9100", "srv1.contoso.local")]
    [InlineData("instance=srv1.contoso.local.", "srv1.contoso.local")]
    [InlineData("instance=https://user:secret@portal.contoso.com:8443/x", "portal.contoso.com")]
    [InlineData("instance=127.0.0.1:9100;host=srv1", "srv1")]
    [InlineData("instance=10.0.0.5:9100;hostname=srv1.contoso.local", "srv1.contoso.local")]
    [InlineData("instance=10.0.0.5:9100", "10.0.0.5")]
    [InlineData("instance=10.0.0.5:9100;device=sda1", "10.0.0.5")]
    [InlineData("instance=https://www.contoso.com/login;host=SRV-WEB01", "SRV-WEB01")]
    [InlineData("instance=https://www.contoso.com/login", "www.contoso.com")]
    [InlineData("device=srv-file01", "srv-file01")]
    [InlineData("device=eth0", null)]
    [InlineData("device=nvme0n1p2;computer=WS-RECEPTION", "WS-RECEPTION")]
    [InlineData("job=node", null)]
    [InlineData("instance=srv-dc01:9115;agent_name=WS-RECEPTION", "WS-RECEPTION")]
    [InlineData("instance=srv-sql01:9272;vcenter_host_name=esx-02", "esx-02")]
    [InlineData("instance=srv-dc01:9091;exported_instance=srv-backup01:9182", "srv-backup01")]
    [InlineData("instance=srv1.contoso.local:9182;host=SRV1", "srv1.contoso.local")]
    [InlineData("instance=srv1:9182;server=127.0.0.1:5432", "srv1")]
    [InlineData("instance=srv-sql01:9256;user=postgres", "srv-sql01")]
    [InlineData("instance=srv-dc01:9100;account=prod-eu;mountpoint=C:", "srv-dc01")]
    public void The_host_is_found_and_a_disk_is_no_host(string labels, string? host)
    {
        var subject = Subjects.Find("HostOutOfMemory", Labels(labels));
        (subject.Name, subject.IsUser).ShouldBe((host, false));
    }

    [Theory]
    [InlineData("user=anna.lopez", "anna.lopez", true)]
    [InlineData("instance=srv-dc01:9182;account=anna.lopez", "anna.lopez", true)]
    [InlineData("upn=anna.lopez@contoso.com", "anna.lopez@contoso.com", true)]
    [InlineData("instance=srv1:9182;user=NT AUTHORITY\\SYSTEM", "srv1", false)]
    [InlineData("instance=srv1:9100;user=root", "srv1", false)]
    public void A_user_is_the_subject_unless_it_is_the_machines_own(string labels, string name, bool isUser) =>
        Subjects.Find("AccountLocked", Labels(labels)).ShouldBe(new(name, isUser));

    private static Dictionary<string, string> Labels(string text) =>
        text.Split(';').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
