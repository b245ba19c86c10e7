"""What the facts of an English plot are about: each value stands in one fact of a book only."""

THINGS = (
    "brass compass;silver thimble;ivory comb;walnut box;copper bell;glass paperweight;pewter mug;"
    "leather purse;velvet glove;tin whistle;marble egg;wooden flute;painted fan;iron key;pearl button;"
    "clay pipe;bone needle;linen map;amber bead;steel razor;porcelain cup;straw doll;stone seal;jade ring"
).split(";")
HIDDEN = (
    "letter of credit;parish register;deed of the mill;diary of the widow;list of debts;last will;"
    "plan of the harbour;ledger of the bank;confession of the clerk;marriage contract;"
    "sealed report;chart of the reef;recipe of the dyer;roll of banknotes;photograph of the bride;"
    "warrant of arrest;bundle of love letters;score of the opera;passport of the stranger;"
    "map of the mine;draft of the treaty;portrait of the heir;codebook of the consul;book of hymns"
).split(";")
SPOTS = (
    "beneath the altar of the chapel;inside the hollow oak;behind the baker's oven;under the third stair;"
    "in the belly of the piano;at the bottom of the dry well;inside a stuffed owl;beneath the beehives;"
    "in the lining of a coat;behind the town clock;under the bridge;in a barrel of salt;"
    "above the stable door;inside the weathercock;beneath the boathouse;in the rafters of the barn;"
    "behind the mirror in the inn;under the sundial;in the organ pipes;inside the millstone;"
    "beneath the dovecote;in the lamp room of the lighthouse;under a heap of nets;behind the cellar wall"
).split(";")
TRADES = (
    "glass-blower;cartographer;beekeeper;bell-founder;locksmith;bookbinder;piano tuner;rope-maker;"
    "veterinarian;apothecary;stone-cutter;saddler;clockmaker;dyer;ferryman;gravedigger;hatter;"
    "lamplighter;midwife;night watchman;puppeteer;shipwright;thatcher;weaver"
).split(";")
REASONS = (
    "the mill had burned down;the doctor had forbidden the sea air;a cousin had gone to law;"
    "the harvest had failed twice;the bank had called in the loan;the engagement had ended;"
    "the school had closed;a flood had taken the house;the garrison had moved away;"
    "the well had turned brackish;a rival had opened a shop;the ferry no longer ran;"
    "the choir had chosen another leader;the landlord had sold the farm;a duel had ended badly;"
    "the railway had passed the town by;the herd had fallen ill;a lawsuit had dragged on;"
    "the theatre had lost its licence;the mine had run out of tin;the vineyard had frozen;"
    "a brother had come back from prison;the newspaper had been banned;the tax had been doubled"
).split(";")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ONES = ("", "-one", "-two", "-three", "-four", "-five", "-six", "-seven", "-eight", "-nine")
