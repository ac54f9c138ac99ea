"""What operators say in every call, whatever it is about: evidence of nothing. Data only."""

from typing import Final

EVERYDAY: Final = tuple(
    line.strip()
    for line in """
    您好，请讲
    您说
    嗯
    好
    行
    那行
    可以
    知道了
    明白
    没事
    没关系
    请讲
    稍等
    再见
    您说，我听着呢
    您请说
    您慢慢说，别着急
    我在听
    好的
    好的，明白了
    知道了，您继续
    我知道了
    我知道您着急
    明白，我记下了
    那行，没问题
    那行，我知道了
    行，那就这么办
    可以的
    是的，没错
    对，是这样的
    没关系，您再说一遍
    没关系，不着急
    没事的，您放心
    请您放心
    不客气，应该的
    谢谢您的配合
    谢谢您，再见
    感谢您的来电，再见
    祝您生活愉快，再见
    辛苦您了
    让您久等了
    稍等，我看一下
    我看一下系统
    请稍等，我帮您查一下
    这个我帮您查
    系统有点慢，请您稍等
    您别挂，我马上回来
    我跟您确认一下
    我跟您核对一遍，您听一下对不对
    我给您念一遍
    我重复一遍，您看对吗
    我先记一下
    已经给您登记好了
    已经登记了，您看还有别的吗
    马上给您处理
    我这就给您办
    我马上安排
    我们会尽快处理的
    您怎么称呼
    请问您贵姓
    您的联系电话是多少
    留个联系电话吧
    手机号您留一个
    您的地址是哪里
    您住哪里，几号楼
    您方便说一下吗
    您看这样可以吗
    您看行不行
    您听明白了吗
    您还有什么要问的吗
    还有其他需要帮您的吗
    不好意思，我没听清
    麻烦您再说一遍
    麻烦您大点声
    您的意思我明白
    我理解您的心情
    实在抱歉，给您添麻烦了
    对不起，让您久等了
    Hello, how can I help you
    Of course, one moment please
    Let me check that for you
    I see, thank you
    I understand, and I am sorry about that
    Could you tell me your name please
    What is your phone number please
    Could you say that again please
    Let me read that back to you
    Is there anything else I can help you with
    Thank you for calling, goodbye
    Have a nice day
    """.splitlines()
    if line.strip()
)
