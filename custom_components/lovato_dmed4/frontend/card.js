/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
var W=globalThis,K=W.ShadowRoot&&(W.ShadyCSS===void 0||W.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,ie=Symbol(),ke=new WeakMap,C=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==ie)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(K&&e===void 0){let r=t!==void 0&&t.length===1;r&&(e=ke.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),r&&ke.set(t,e))}return e}toString(){return this.cssText}},Te=n=>new C(typeof n=="string"?n:n+"",void 0,ie),b=(n,...e)=>{let t=n.length===1?n[0]:e.reduce((r,i,s)=>r+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(i)+n[s+1],n[0]);return new C(t,n,ie)},Ce=(n,e)=>{if(K)n.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let r=document.createElement("style"),i=W.litNonce;i!==void 0&&r.setAttribute("nonce",i),r.textContent=t.cssText,n.appendChild(r)}},ne=K?n=>n:n=>n instanceof CSSStyleSheet?(e=>{let t="";for(let r of e.cssRules)t+=r.cssText;return Te(t)})(n):n;var{is:xt,defineProperty:wt,getOwnPropertyDescriptor:Et,getOwnPropertyNames:At,getOwnPropertySymbols:St,getPrototypeOf:Rt}=Object,j=globalThis,Me=j.trustedTypes,kt=Me?Me.emptyScript:"",Tt=j.reactiveElementPolyfillSupport,M=(n,e)=>n,se={toAttribute(n,e){switch(e){case Boolean:n=n?kt:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,e){let t=n;switch(e){case Boolean:t=n!==null;break;case Number:t=n===null?null:Number(n);break;case Object:case Array:try{t=JSON.parse(n)}catch{t=null}}return t}},Ne=(n,e)=>!xt(n,e),Oe={attribute:!0,type:String,converter:se,reflect:!1,useDefault:!1,hasChanged:Ne};Symbol.metadata??=Symbol("metadata"),j.litPropertyMetadata??=new WeakMap;var v=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Oe){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let r=Symbol(),i=this.getPropertyDescriptor(e,r,t);i!==void 0&&wt(this.prototype,e,i)}}static getPropertyDescriptor(e,t,r){let{get:i,set:s}=Et(this.prototype,e)??{get(){return this[t]},set(o){this[t]=o}};return{get:i,set(o){let d=i?.call(this);s?.call(this,o),this.requestUpdate(e,d,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Oe}static _$Ei(){if(this.hasOwnProperty(M("elementProperties")))return;let e=Rt(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(M("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(M("properties"))){let t=this.properties,r=[...At(t),...St(t)];for(let i of r)this.createProperty(i,t[i])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[r,i]of t)this.elementProperties.set(r,i)}this._$Eh=new Map;for(let[t,r]of this.elementProperties){let i=this._$Eu(t,r);i!==void 0&&this._$Eh.set(i,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let r=new Set(e.flat(1/0).reverse());for(let i of r)t.unshift(ne(i))}else e!==void 0&&t.push(ne(e));return t}static _$Eu(e,t){let r=t.attribute;return r===!1?void 0:typeof r=="string"?r:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let r of t.keys())this.hasOwnProperty(r)&&(e.set(r,this[r]),delete this[r]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Ce(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,r){this._$AK(e,r)}_$ET(e,t){let r=this.constructor.elementProperties.get(e),i=this.constructor._$Eu(e,r);if(i!==void 0&&r.reflect===!0){let s=(r.converter?.toAttribute!==void 0?r.converter:se).toAttribute(t,r.type);this._$Em=e,s==null?this.removeAttribute(i):this.setAttribute(i,s),this._$Em=null}}_$AK(e,t){let r=this.constructor,i=r._$Eh.get(e);if(i!==void 0&&this._$Em!==i){let s=r.getPropertyOptions(i),o=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:se;this._$Em=i;let d=o.fromAttribute(t,s.type);this[i]=d??this._$Ej?.get(i)??d,this._$Em=null}}requestUpdate(e,t,r,i=!1,s){if(e!==void 0){let o=this.constructor;if(i===!1&&(s=this[e]),r??=o.getPropertyOptions(e),!((r.hasChanged??Ne)(s,t)||r.useDefault&&r.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(o._$Eu(e,r))))return;this.C(e,t,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:r,reflect:i,wrapped:s},o){r&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,o??t??this[e]),s!==!0||o!==void 0)||(this._$AL.has(e)||(this.hasUpdated||r||(t=void 0),this._$AL.set(e,t)),i===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[i,s]of this._$Ep)this[i]=s;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[i,s]of r){let{wrapped:o}=s,d=this[i];o!==!0||this._$AL.has(i)||d===void 0||this.C(i,void 0,s,d)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(t)):this._$EM()}catch(r){throw e=!1,this._$EM(),r}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};v.elementStyles=[],v.shadowRootOptions={mode:"open"},v[M("elementProperties")]=new Map,v[M("finalized")]=new Map,Tt?.({ReactiveElement:v}),(j.reactiveElementVersions??=[]).push("2.1.2");var pe=globalThis,Pe=n=>n,B=pe.trustedTypes,He=B?B.createPolicy("lit-html",{createHTML:n=>n}):void 0,Fe="$lit$",$=`lit$${Math.random().toFixed(9).slice(2)}$`,Ve="?"+$,Ct=`<${Ve}>`,A=document,N=()=>A.createComment(""),P=n=>n===null||typeof n!="object"&&typeof n!="function",ue=Array.isArray,Mt=n=>ue(n)||typeof n?.[Symbol.iterator]=="function",oe=`[ 	
\f\r]`,O=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,ze=/-->/g,Le=/>/g,w=RegExp(`>|${oe}(?:([^\\s"'>=/]+)(${oe}*=${oe}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),De=/'/g,Ie=/"/g,We=/^(?:script|style|textarea|title)$/i,me=n=>(e,...t)=>({_$litType$:n,strings:e,values:t}),h=me(1),Ke=me(2),sr=me(3),S=Symbol.for("lit-noChange"),l=Symbol.for("lit-nothing"),Ue=new WeakMap,E=A.createTreeWalker(A,129);function je(n,e){if(!ue(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return He!==void 0?He.createHTML(e):e}var Ot=(n,e)=>{let t=n.length-1,r=[],i,s=e===2?"<svg>":e===3?"<math>":"",o=O;for(let d=0;d<t;d++){let a=n[d],c,p,u=-1,f=0;for(;f<a.length&&(o.lastIndex=f,p=o.exec(a),p!==null);)f=o.lastIndex,o===O?p[1]==="!--"?o=ze:p[1]!==void 0?o=Le:p[2]!==void 0?(We.test(p[2])&&(i=RegExp("</"+p[2],"g")),o=w):p[3]!==void 0&&(o=w):o===w?p[0]===">"?(o=i??O,u=-1):p[1]===void 0?u=-2:(u=o.lastIndex-p[2].length,c=p[1],o=p[3]===void 0?w:p[3]==='"'?Ie:De):o===Ie||o===De?o=w:o===ze||o===Le?o=O:(o=w,i=void 0);let g=o===w&&n[d+1].startsWith("/>")?" ":"";s+=o===O?a+Ct:u>=0?(r.push(c),a.slice(0,u)+Fe+a.slice(u)+$+g):a+$+(u===-2?d:g)}return[je(n,s+(n[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),r]},H=class n{constructor({strings:e,_$litType$:t},r){let i;this.parts=[];let s=0,o=0,d=e.length-1,a=this.parts,[c,p]=Ot(e,t);if(this.el=n.createElement(c,r),E.currentNode=this.el.content,t===2||t===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(i=E.nextNode())!==null&&a.length<d;){if(i.nodeType===1){if(i.hasAttributes())for(let u of i.getAttributeNames())if(u.endsWith(Fe)){let f=p[o++],g=i.getAttribute(u).split($),_=/([.?@])?(.*)/.exec(f);a.push({type:1,index:s,name:_[2],strings:g,ctor:_[1]==="."?de:_[1]==="?"?le:_[1]==="@"?ce:T}),i.removeAttribute(u)}else u.startsWith($)&&(a.push({type:6,index:s}),i.removeAttribute(u));if(We.test(i.tagName)){let u=i.textContent.split($),f=u.length-1;if(f>0){i.textContent=B?B.emptyScript:"";for(let g=0;g<f;g++)i.append(u[g],N()),E.nextNode(),a.push({type:2,index:++s});i.append(u[f],N())}}}else if(i.nodeType===8)if(i.data===Ve)a.push({type:2,index:s});else{let u=-1;for(;(u=i.data.indexOf($,u+1))!==-1;)a.push({type:7,index:s}),u+=$.length-1}s++}}static createElement(e,t){let r=A.createElement("template");return r.innerHTML=e,r}};function k(n,e,t=n,r){if(e===S)return e;let i=r!==void 0?t._$Co?.[r]:t._$Cl,s=P(e)?void 0:e._$litDirective$;return i?.constructor!==s&&(i?._$AO?.(!1),s===void 0?i=void 0:(i=new s(n),i._$AT(n,t,r)),r!==void 0?(t._$Co??=[])[r]=i:t._$Cl=i),i!==void 0&&(e=k(n,i._$AS(n,e.values),i,r)),e}var ae=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:r}=this._$AD,i=(e?.creationScope??A).importNode(t,!0);E.currentNode=i;let s=E.nextNode(),o=0,d=0,a=r[0];for(;a!==void 0;){if(o===a.index){let c;a.type===2?c=new z(s,s.nextSibling,this,e):a.type===1?c=new a.ctor(s,a.name,a.strings,this,e):a.type===6&&(c=new he(s,this,e)),this._$AV.push(c),a=r[++d]}o!==a?.index&&(s=E.nextNode(),o++)}return E.currentNode=A,i}p(e){let t=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(e,r,t),t+=r.strings.length-2):r._$AI(e[t])),t++}},z=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,r,i){this.type=2,this._$AH=l,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=r,this.options=i,this._$Cv=i?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=k(this,e,t),P(e)?e===l||e==null||e===""?(this._$AH!==l&&this._$AR(),this._$AH=l):e!==this._$AH&&e!==S&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Mt(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==l&&P(this._$AH)?this._$AA.nextSibling.data=e:this.T(A.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:r}=e,i=typeof r=="number"?this._$AC(e):(r.el===void 0&&(r.el=H.createElement(je(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===i)this._$AH.p(t);else{let s=new ae(i,this),o=s.u(this.options);s.p(t),this.T(o),this._$AH=s}}_$AC(e){let t=Ue.get(e.strings);return t===void 0&&Ue.set(e.strings,t=new H(e)),t}k(e){ue(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,r,i=0;for(let s of e)i===t.length?t.push(r=new n(this.O(N()),this.O(N()),this,this.options)):r=t[i],r._$AI(s),i++;i<t.length&&(this._$AR(r&&r._$AB.nextSibling,i),t.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let r=Pe(e).nextSibling;Pe(e).remove(),e=r}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},T=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,r,i,s){this.type=1,this._$AH=l,this._$AN=void 0,this.element=e,this.name=t,this._$AM=i,this.options=s,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=l}_$AI(e,t=this,r,i){let s=this.strings,o=!1;if(s===void 0)e=k(this,e,t,0),o=!P(e)||e!==this._$AH&&e!==S,o&&(this._$AH=e);else{let d=e,a,c;for(e=s[0],a=0;a<s.length-1;a++)c=k(this,d[r+a],t,a),c===S&&(c=this._$AH[a]),o||=!P(c)||c!==this._$AH[a],c===l?e=l:e!==l&&(e+=(c??"")+s[a+1]),this._$AH[a]=c}o&&!i&&this.j(e)}j(e){e===l?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},de=class extends T{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===l?void 0:e}},le=class extends T{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==l)}},ce=class extends T{constructor(e,t,r,i,s){super(e,t,r,i,s),this.type=5}_$AI(e,t=this){if((e=k(this,e,t,0)??l)===S)return;let r=this._$AH,i=e===l&&r!==l||e.capture!==r.capture||e.once!==r.once||e.passive!==r.passive,s=e!==l&&(r===l||i);i&&this.element.removeEventListener(this.name,this,r),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},he=class{constructor(e,t,r){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(e){k(this,e)}};var Nt=pe.litHtmlPolyfillSupport;Nt?.(H,z),(pe.litHtmlVersions??=[]).push("3.3.3");var Be=(n,e,t)=>{let r=t?.renderBefore??e,i=r._$litPart$;if(i===void 0){let s=t?.renderBefore??null;r._$litPart$=i=new z(e.insertBefore(N(),s),s,void 0,t??{})}return i._$AI(n),i};var fe=globalThis,y=class extends v{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Be(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return S}};y._$litElement$=!0,y.finalized=!0,fe.litElementHydrateSupport?.({LitElement:y});var Pt=fe.litElementPolyfillSupport;Pt?.({LitElement:y});(fe.litElementVersions??=[]).push("4.2.2");var m="lovato_dmed4";function qe(n,e){let t=n.devices[e];return t?.name_by_user??t?.name??""}async function ge(n,e,t){return(await n.callService(m,e,t,void 0,!1,!0)).response}async function Ge(n,e,t,r={}){let[i=""]=t.split(".",1),s={entity_id:t,...r};await n.callService(i,e,s,void 0,!1,!1)}async function Ye(n,e){let t=e.includes("authSig=")?e:(await n.callWS({type:"auth/sign_path",path:e,expires:60})).path,r=document.createElement("a");r.href=n.hassUrl(t),r.download="",r.click()}function Je(n,e){let t=new Map;for(let{entity_id:r,device_id:i,platform:s,translation_key:o}of Object.values(n.entities))i===e&&s===m&&o&&t.set(`${r.split(".",1).join()}.${o}`,r);return t}function q(n,e,t){return n.states[e.get(t)??""]}function ye(n){return Object.values(n.entities).filter(({platform:e,translation_key:t})=>e===m&&t==="power").flatMap(({device_id:e})=>e??[])}function Ze(n){return n!==void 0&&n.state!=="unavailable"&&n.state!=="unknown"}var Ht={mW:1e-6,W:.001,kW:1,MW:1e3,µV:1e-6,mV:.001,V:1,kV:1e3,mA:.001,A:1,Wh:.001,kWh:1,MWh:1e3,GWh:1e6,J:1/36e5,kJ:1/3600,MJ:1/3.6,GJ:1e3/3.6};function x(n,e=n?.state){let t=String(n?.attributes.unit_of_measurement),r=Number.parseFloat(e??"")*(Ht[t]??1);return Number.isFinite(r)?r:null}function be(n,e){let t=n?.attributes[e];return Array.isArray(t)?t.map(String):[]}var Xe={comma_decimal:"en-US",decimal_comma:"de",space_comma:"fr",quote_decimal:"de-CH",system:void 0},Qe=new Map;function L(n,e,t){let{language:r,number_format:i}=t,s=`${r} ${i} ${e}`,o=Qe.get(s);if(!o){let d=i in Xe?Xe[i]:r;o=new Intl.NumberFormat(d,{minimumFractionDigits:e,maximumFractionDigits:e,useGrouping:i!=="none"}),Qe.set(s,o)}return o.format(Number(n.toFixed(e))||0)}function et(n){let e=Math.max(0,Math.floor(n)),t=r=>String(r%60).padStart(2,"0");return`${Math.floor(e/3600)}:${t(Math.floor(e/60))}:${t(e)}`}function tt(n,e,t=new Date){let{language:r,time_format:i,time_zone:s}=e.locale,o=s==="server"?{timeZone:e.config.time_zone}:{},d=new Intl.DateTimeFormat(r,{...o,dateStyle:"medium"}),c=new Intl.DateTimeFormat(i==="system"?void 0:r,{...o,timeStyle:"short",...i==="12"||i==="24"?{hour12:i==="12"}:{}}).format(n);return d.format(n)===d.format(t)?c:`${d.format(n)}, ${c}`}var rt=1e4,ve=500,zt=5e3,G=class{#e;#t;#r;#n=!1;#s=0;#i;#o=ve;#a;constructor(e,t,r){this.#e=e,this.#t=t,this.#r=r}start(){this.#n||(this.#n=!0,this.#e.addEventListener("ready",this.#h),this.#e.addEventListener("disconnected",this.#p),this.#h())}stop(){this.#n&&(this.#n=!1,this.#e.removeEventListener("ready",this.#h),this.#e.removeEventListener("disconnected",this.#p),this.#c())}#h=()=>{this.#o=ve,this.#u()};#p=()=>{this.#i=void 0,this.#c()};#u(){if(this.#c(),!this.#e.connected)return;let e=this.#s,t=()=>e===this.#s;this.#d(rt),this.#e.subscribeMessage(r=>{t()&&this.#f(r)},{type:`${m}/live/subscribe`,device_id:this.#t},{resubscribe:!1}).then(r=>{t()?this.#i=r:this.#l(r)},r=>{t()&&this.#m(r?.code)})}#f(e){if("ended"in e){this.#u();return}this.#o=ve,this.#d(rt),"power"in e&&this.#r(e)}#m(e){clearTimeout(this.#a),e!=="unauthorized"&&(this.#d(this.#o),this.#o=Math.min(2*this.#o,zt))}#d(e){clearTimeout(this.#a),this.#a=setTimeout(()=>{this.#u()},e)}#c(){clearTimeout(this.#a),this.#s+=1,this.#i&&this.#l(this.#i),this.#i=void 0}#l(e){e().catch(()=>{})}};var Lt={B:"begin",E:"end",r:"end"};function _e(n){let{readings:e,signature:t,pagination:r,record_url:i,archived:s}=n,o=e.at(-1),d=e[e.length/2],a=d?.transaction??o?.transaction??"",c=d?.time??o?.time;return{kind:Lt[a]??"intermediate",time:c?new Date(c):null,energy:e.length===6?Dt(e[0],d):null,signature:t,pagination:r??null,downloads:[["OCMF",i],...s?[["XML",i.replace(/ocmf\b/,"xml")]]:[]],identity:It(n.record)}}function Dt(n,e){if(!n?.value||!e?.value)return null;let t=Number(e.value)-Number(n.value),r={Wh:.001,kWh:1}[e.unit??""];return Number.isFinite(t)&&r?Number((t*r).toFixed(6)):null}function It(n){try{let{IT:e,ID:t}=JSON.parse(n.split("|",2)[1]??"");return{type:it(e),data:it(t)}}catch{return{type:"",data:""}}}function it(n){return typeof n=="string"?n:""}var Y=b`
  button,
  select,
  input {
    box-sizing: border-box;
    min-height: 44px;
    font: inherit;
    font-size: var(--ha-font-size-m, 14px);
    color: var(--primary-text-color, #141414);
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    padding: 0 16px;
    border: 0;
    border-radius: var(--ha-border-radius-pill, 9999px);
    background: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.2;
    cursor: pointer;
    transition: background-color 120ms;
  }
  button:hover:not([disabled]) {
    background: var(--ha-color-fill-neutral-normal-hover, #ccc);
  }
  button.start {
    background: var(--ha-color-fill-success-loud-resting, #036730);
    color: var(--ha-color-on-success-loud, #fff);
  }
  button.start:hover:not([disabled]) {
    background: var(--ha-color-fill-success-loud-hover, #0a5027);
  }
  button.end {
    background: var(--ha-color-fill-danger-normal-resting, #ffdedc);
    color: var(--ha-color-on-danger-normal, #b30532);
  }
  button.end:hover:not([disabled]) {
    background: var(--ha-color-fill-danger-normal-hover, #ffb8b6);
  }
  button[disabled] {
    cursor: default;
    opacity: 0.5;
  }
  input,
  select {
    width: 100%;
    padding: 0 12px;
    border: 0;
    border-bottom: 1px solid var(--ha-color-border-neutral-normal, #7a7a7a);
    border-radius: var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;
    background: var(--ha-color-form-background, #f3f3f3);
  }
  input[type="checkbox"] {
    flex: none;
    width: 20px;
    min-height: 20px;
    margin: 0;
    accent-color: var(--primary-color, #009ac7);
  }
  option {
    background: var(--card-background-color, #fff);
  }
  [aria-invalid="true"] {
    border-bottom-color: var(--error-color, #db4437);
  }
  :focus-visible {
    outline: 2px solid var(--primary-color, #009ac7);
    outline-offset: 2px;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`,J=b`
  dialog {
    box-sizing: border-box;
    width: min(440px, calc(100vw - 32px));
    max-height: calc(100dvh - 32px);
    padding: 24px;
    border: 0;
    border-radius: var(--ha-border-radius-3xl, 24px);
    background: var(--card-background-color, #fff);
    color: var(--primary-text-color, #141414);
    box-shadow: 0 8px 32px rgb(0 0 0 / 30%);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  dialog h2 {
    margin: 0 0 8px;
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  dialog p {
    margin: 0 0 16px;
    color: var(--secondary-text-color, #5e5e5e);
    line-height: 1.5;
  }
  dialog .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    margin-top: 24px;
  }
`;var nt="config_panel";function $e(n){return`component.${m}.${nt}.${n}`}function xe(n){let e=(t,r)=>n.localize($e(t),r);return e("card.action.start")?e:void 0}function st(n){n.loadBackendTranslation(nt,m).catch(()=>{})}function D(n,e,t){return n.localize(`component.${m}.entity.${e}.state.${t}`)||t}async function we(n,e){let{message:t,translation_domain:r,translation_key:i,translation_placeholders:s}=e??{};if(r&&i){await n.loadBackendTranslation("exceptions",r);let o=n.localize(`component.${r}.exceptions.${i}.message`,s);if(o)return o}return t??xe(n)?.("error.connection")??""}var I="lovato-dmed4-charge-card",Ut=["controls","record","display"],ot={schema:[{name:"device_id",required:!0,selector:{device:{entity:{integration:m,domain:"sensor",device_class:"power"}}}},{name:"name",selector:{text:{}}},...Ut.map(n=>({name:n,default:!0,selector:{boolean:{}}}))],computeLabel:({name:n},e)=>e($e(`card.editor.${n}`))};async function at(n,e,t){try{let i=(await n.callWS({type:"history/history_during_period",start_time:new Date(t*1e3).toISOString(),entity_ids:[e],minimal_response:!0,no_attributes:!0,significant_changes_only:!1}))[e]??[];return i.flatMap(({s,lu:o},d)=>{let a=x(n.states[e],s);return a===null?[]:{from:o,to:i[d+1]?.lu??null,value:a}})}catch{return[]}}var Ee={identification_type:"",identification_level:"",identification_data:"",tariff_text:"",keepIdentification:!1},dt=n=>`${m}.start.${n}`;function lt(n){try{let t=JSON.parse(localStorage.getItem(dt(n))??"{}"),r=i=>typeof t[i]=="string"?t[i]:"";return{identification_type:r("identification_type"),identification_level:r("identification_level"),identification_data:r("identification_data"),tariff_text:r("tariff_text"),keepIdentification:t.keepIdentification===!0}}catch{return Ee}}function ct(n,e){let t=e.keepIdentification?e:{...e,identification_data:""};try{localStorage.setItem(dt(n),JSON.stringify(t))}catch{}}var ht=b`
  :host {
    display: block;
    height: 100%;
    container-type: inline-size;
    --dmed4-padding: var(--ha-space-4, 16px);
  }
  ha-card {
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: hidden;
    --dmed4-accent: var(--secondary-text-color, #727272);
    --dmed4-tint: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);
    --dmed4-word: var(--secondary-text-color, #5e5e5e);
  }
  ha-card.primary {
    --dmed4-accent: var(--primary-color, #009ac7);
    --dmed4-tint: var(--ha-color-fill-primary-normal-resting, #dff3fc);
  }
  ha-card.success {
    --dmed4-accent: var(--ha-color-on-success-quiet, #00883c);
    --dmed4-tint: var(--ha-color-fill-success-normal-resting, #c2f2c1);
    --dmed4-word: var(--ha-color-on-success-normal, #036730);
  }
  ha-card.warning {
    --dmed4-accent: var(--ha-color-on-warning-quiet, #c94e00);
    --dmed4-tint: var(--ha-color-fill-warning-normal-resting, #ffe0c8);
    --dmed4-word: var(--ha-color-on-warning-normal, #9d3800);
  }
  ha-card.danger {
    --dmed4-accent: var(--ha-color-on-danger-quiet, #dc3146);
    --dmed4-tint: var(--ha-color-fill-danger-normal-resting, #ffdedc);
    --dmed4-word: var(--ha-color-on-danger-normal, #b30532);
  }

  .header {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: var(--dmed4-padding) var(--dmed4-padding) 0;
  }
  .badge {
    display: grid;
    flex: none;
    place-items: center;
    width: 44px;
    height: 44px;
    border-radius: 50%;
    background: var(--dmed4-tint);
    color: var(--dmed4-accent);
  }
  .header > div {
    min-width: 0;
  }
  h2 {
    margin: 0;
    overflow: hidden;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.3;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .state {
    margin: 0;
    overflow-wrap: anywhere;
    color: var(--dmed4-word);
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.4;
  }
  .state b {
    font-weight: var(--ha-font-weight-medium, 500);
  }

  .now {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 4px 24px;
    padding: 12px var(--dmed4-padding) 0;
    font-variant-numeric: tabular-nums;
  }
  .power {
    margin: 0;
    font-size: calc(1.3 * var(--ha-font-size-4xl, 32px));
    line-height: 1.1;
    letter-spacing: -0.02em;
  }
  .power small,
  .figure small {
    color: var(--secondary-text-color, #5e5e5e);
    font-size: 0.55em;
    letter-spacing: 0;
  }
  dl {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 24px;
    margin: 0;
    font-variant-numeric: tabular-nums;
  }
  dl > div {
    display: flex;
    flex-direction: column-reverse;
  }
  dt {
    color: var(--secondary-text-color, #5e5e5e);
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.4;
  }
  dd {
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    line-height: 1.4;
  }
  .figure small {
    font-size: var(--ha-font-size-s, 12px);
  }
  dmed4-power-trace {
    flex: 1 0 88px;
    height: 88px;
    min-height: 88px;
    margin-top: 8px;
  }
  .cycle {
    padding: 12px var(--dmed4-padding) 0;
  }

  .commands {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding: 16px var(--dmed4-padding) 0;
  }
  .commands > button {
    flex: 1 1 130px;
    padding: 0 12px;
  }
  section,
  details,
  .banner {
    margin: 16px var(--dmed4-padding) 0;
  }
  section,
  details {
    padding-top: 12px;
    border-top: 1px solid var(--divider-color, rgb(0 0 0 / 12%));
  }
  ha-card > :last-child {
    margin-bottom: var(--dmed4-padding);
  }
  ha-card > details:last-child {
    margin-bottom: 4px;
  }

  .banner {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    padding: 12px;
    border-radius: var(--ha-border-radius-lg, 12px);
    background: var(--ha-color-fill-danger-normal-resting, #ffdedc);
    color: var(--ha-color-on-danger-normal, #b30532);
    line-height: 1.4;
  }
  .banner > div {
    flex: 1 1 160px;
  }
  .banner ul {
    margin: 4px 0 0;
    padding-inline-start: 20px;
  }
  .banner button,
  .banner button:hover:not([disabled]) {
    background: var(--card-background-color, #fff);
    color: inherit;
  }

  .record {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 12px;
  }
  .record > .facts {
    flex: 1 1 140px;
    min-width: 0;
  }
  h3 {
    margin: 0;
    color: var(--secondary-text-color, #5e5e5e);
    font-size: var(--ha-font-size-s, 12px);
    font-weight: normal;
    line-height: 1.4;
  }
  .record p {
    margin: 0;
    line-height: 1.4;
    overflow-wrap: anywhere;
  }
  .verdict {
    flex: none;
    color: var(--secondary-text-color, #5e5e5e);
  }
  .verdict.good {
    color: var(--ha-color-on-success-normal, #036730);
  }
  .verdict.bad {
    color: var(--ha-color-on-danger-normal, #b30532);
  }
  .quiet {
    color: var(--secondary-text-color, #5e5e5e);
    font-size: var(--ha-font-size-s, 12px);
  }
  .downloads {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 8px;
  }
  .downloads button {
    padding: 0 12px;
  }
  .downloads ha-icon {
    --mdc-icon-size: 18px;
  }

  details {
    padding-top: 0;
  }
  details[open] {
    padding-bottom: 12px;
  }
  summary {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    color: var(--secondary-text-color, #5e5e5e);
    cursor: pointer;
  }
  summary ha-icon {
    --mdc-icon-size: 20px;
  }
  summary::after {
    width: 8px;
    height: 8px;
    margin-inline-start: auto;
    margin-inline-end: 4px;
    border: solid currentColor;
    border-width: 0 2px 2px 0;
    content: "";
    transform: translateY(-2px) rotate(45deg);
  }
  [open] > summary::after {
    transform: translateY(2px) rotate(225deg);
  }
  summary::-webkit-details-marker {
    display: none;
  }
  .display {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .display label {
    flex: 2 1 180px;
  }
  .display > div {
    display: flex;
    flex: 1 1 140px;
    gap: 8px;
  }
  .display button {
    flex: 1;
  }

  .empty {
    padding: var(--dmed4-padding);
    color: var(--secondary-text-color, #5e5e5e);
  }
  ha-card.loading {
    min-height: 220px;
  }

  @container (max-width: 280px) {
    ha-card {
      --dmed4-padding: 12px;
    }
    .power {
      font-size: var(--ha-font-size-3xl, 28px);
    }
    .badge {
      width: 36px;
      height: 36px;
    }
  }
  @container (min-width: 480px) {
    .power {
      font-size: calc(1.6 * var(--ha-font-size-4xl, 32px));
    }
    dmed4-power-trace {
      flex-basis: 120px;
      height: 120px;
    }
    dd {
      font-size: var(--ha-font-size-xl, 20px);
    }
  }
  @container (min-width: 700px) {
    .commands > button {
      flex: 0 1 240px;
    }
    dmed4-power-trace {
      flex-basis: 160px;
      height: 160px;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .busy .badge {
      animation: pulse 1.2s ease-in-out infinite alternate;
    }
    @keyframes pulse {
      to {
        opacity: 0.4;
      }
    }
  }
`;var Z=class{constructor(e,t){this.seconds=e;this.#t=e/t}seconds;#e=new Map;#t;add(e,t){let r=Math.floor(e/this.#t),i=this.#e.get(r);i?(i.min=Math.min(i.min,t),i.max=Math.max(i.max,t),i.last=t):(this.#e.set(r,{min:t,max:t,last:t}),this.#r(e))}fill(e,t,r){let i=Math.ceil(t/this.#t);for(let s=Math.floor(e/this.#t);s<i;s+=1)this.#e.has(s)||this.#e.set(s,{min:r,max:r,last:r})}clear(){this.#e.clear()}#r(e){let t=Math.floor((e-this.seconds)/this.#t)-1;for(let r of this.#e.keys())r<t&&this.#e.delete(r)}runs(e,t){let r=[],i=-1/0;for(let s of[...this.#e.keys()].sort((o,d)=>o-d)){let o=this.#e.get(s),d=Math.min((s+.5)*this.#t,e),a=1-(e-d)/this.seconds;!o||a<-this.#t/this.seconds||(d-i>t&&r.push([]),r.at(-1)?.push({x:a,...o}),i=d)}return r}};function ut(n){let[e,t]=[0,0];for(let{min:r,max:i}of n.flat())[e,t]=[Math.min(e,r),Math.max(t,i)];return{low:-pt(-e),high:Math.max(pt(t),e<0?0:1)}}var Ft=[1,1.2,1.5,2,2.5,3,4,5,6,8,10];function pt(n){if(n<=0)return 0;let e=n*1.1,t=10**Math.floor(Math.log10(e));return(Ft.find(i=>i*t>=e)??10)*t}var U=5,Vt=U*30,Wt=15,X=1e3,mt=100;function Ae(){return new Z(U*60,Vt)}var Q=class extends y{static properties={buffer:{attribute:!1},label:{type:String},locale:{attribute:!1}};#e=0;static styles=b`
    :host {
      display: block;
      position: relative;
      /* What moves here is laid out and painted by itself. */
      contain: content;
      color: var(--dmed4-accent, currentColor);
    }
    svg {
      display: block;
      /* Room for the head. */
      width: calc(100% - 14px);
      height: 100%;
    }
    .line {
      fill: none;
      stroke: currentColor;
      stroke-width: 2;
      stroke-linejoin: round;
      stroke-linecap: round;
      vector-effect: non-scaling-stroke;
    }
    .grid {
      stroke: var(--divider-color, #e0e0e0);
      stroke-width: 1;
      opacity: 0.6;
      vector-effect: non-scaling-stroke;
    }
    .grid.zero {
      opacity: 1;
    }
    .head,
    .scale {
      position: absolute;
      pointer-events: none;
    }
    .head {
      right: 9px;
      width: 10px;
      height: 10px;
      margin-top: -5px;
      border-radius: 50%;
      background: currentColor;
      box-shadow: 0 0 0 5px color-mix(in srgb, currentColor 25%, transparent);
    }
    .scale {
      top: 4px;
      inset-inline-start: var(--dmed4-padding, 16px);
      color: var(--secondary-text-color, #727272);
      font-size: var(--ha-font-size-s, 12px);
      line-height: 1.2;
    }
  `;constructor(){super(),this.label=""}draw(e){this.#e=e,this.requestUpdate()}shouldUpdate(){return this.#e>0}render(){let e=this.buffer.runs(this.#e,Wt),{low:t,high:r}=ut(e),i=a=>mt*(r-a)/(r-t),s=e.map(a=>Kt(a,i)),o=e.at(-1)?.at(-1),d=r<5?1:0;return h`
      <svg
        viewBox="0 0 ${X} ${mt}"
        preserveAspectRatio="none"
        role="img"
        aria-label=${this.label}
      >
        <defs>
          <linearGradient id="below" x1="0" x2="0" y1="0" y2="1">
            <stop offset="0" stop-color="currentColor" stop-opacity="0.35" />
            <stop offset="1" stop-color="currentColor" stop-opacity="0.04" />
          </linearGradient>
        </defs>
        <path class="grid" d="M0 ${i((t+r)/2)}H${X}" />
        <path class="grid zero" d="M0 ${i(0)}H${X}" />
        ${s.map(({line:a,first:c,last:p})=>Ke`
            <path d="${a}L${p} ${i(0)}L${c} ${i(0)}Z" fill="url(#below)" />
            <path class="line" d=${a} />`)}
      </svg>
      ${this.locale&&e.some(a=>a.some(({min:c,max:p})=>c||p))?h`<span class="scale" aria-hidden="true"
              >${L(r,d,this.locale)} kW</span
            >`:""}
      ${o&&o.x>.98?h`<span class="head" style="top: ${i(o.last)}%"></span>`:""}
    `}};function Kt(n,e){let t="",[r,i]=["",""];for(let s of n){i=(s.x*X).toFixed(1),r||=i;let o=s.max-s.min>.05*Math.abs(s.max)?[s.min,s.max,s.last]:[s.last];for(let d of o)t+=`${t?"L":"M"}${i} ${e(d).toFixed(1)}`}return{line:t,first:r,last:i}}var ft=.005,jt={unavailable:["neutral","mdi:lan-disconnect"],fault:["danger","mdi:alert"],ready:["primary","mdi:ev-station"],prepared:["primary","mdi:timer-sand"],charging:["success","mdi:lightning-bolt"],feeding_back:["primary","mdi:transmission-tower-import"],no_flow:["warning","mdi:pause"],after_power_failure:["warning","mdi:lightning-bolt-outline"],signing:["primary","mdi:file-sign"]},Bt=["board_1","board_2","fatal"];function gt(n,e,t){let r=R=>q(n,e,R),i=r("sensor.measurement_status"),s=r("sensor.cycle_energy_imported"),o=Ze(i),d=o&&i.state.startsWith("active"),a=o?t:void 0,c=a?.power??x(r("sensor.power")),p=r("sensor.signature_status")?.state??"",u=r("binary_sensor.problem"),f=r("binary_sensor.hardware"),g=o&&u?.state==="on",_=g||o&&f?.state==="on",Re=o?_&&!d?"fault":qt(i.state,p,c):"unavailable",[vt,_t]=jt[Re];return{phase:Re,tone:vt,icon:_t,charging:d,power:c,voltage:a?.voltage??x(r("sensor.voltage")),current:a?.current??x(r("sensor.current")),energy:x(s),returned:x(r("sensor.cycle_energy_exported")),since:d?Gt(i.last_changed,s?.attributes.last_reset):null,errors:_?[...be(u,"errors").map(R=>D(n,"binary_sensor.problem.state_attributes.errors",R)),...Bt.flatMap(R=>be(f,R).map($t=>D(n,`binary_sensor.hardware.state_attributes.${R}`,$t)))]:[],hasProblem:_,resettable:g,signature:p,recorded:r("event.record")?.state??""}}function qt(n,e,t){return n==="active_after_power_failure"?"after_power_failure":n==="active"?t===null?"charging":t<-ft?"feeding_back":t>ft?"charging":"no_flow":e==="in_progress"?"signing":n==="idle"?"prepared":"ready"}function Gt(n,e){let t=Date.parse(typeof e=="string"?e:n);return Number.isFinite(t)?t:null}var Yt=250,yt=1e4,Jt={valid:"good",invalid:"bad"},Zt={valid:"mdi:shield-check",invalid:"mdi:shield-alert"},ee=class extends y{static properties={hass:{attribute:!1},preview:{type:Boolean},_config:{state:!0},_texts:{state:!0},_sample:{state:!0},_step:{state:!0},_error:{state:!0},_startError:{state:!0},_done:{state:!0},_record:{state:!0}};static styles=[Y,J,ht];#e=new Map;#t=Ae();#r;#n;#s=0;#i=0;#o=0;#a=!1;#h="";#p="";#u=matchMedia("(prefers-reduced-motion: reduce)");#f=new IntersectionObserver(e=>{this.#a=e.some(t=>t.isIntersecting),this.#d()});constructor(){super(),this.preview=!1,this._error="",this._startError=""}static getConfigForm(){return ot}static getStubConfig(e){return{device_id:ye(e)[0]??""}}setConfig(e){if(e.device_id!==void 0&&typeof e.device_id!="string")throw new Error("device_id has to be the ID of a device");e.device_id!==this._config?.device_id&&(this._sample=this._record=void 0,this.#p="",this.#i=0,this.#c(),this.#t=Ae()),this._config=e}getCardSize(){return 7}getGridOptions(){return{columns:12,min_columns:6,rows:"auto"}}connectedCallback(){super.connectedCallback(),document.addEventListener("visibilitychange",this.#d),this.#f.observe(this)}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("visibilitychange",this.#d),this.#f.disconnect(),this.#a=!1,this.#c()}shouldUpdate(e){let t=e.get("hass");if(e.size>1||!e.has("hass")||!t||!this.hass)return!0;let{hass:r}=this;return t.entities!==r.entities||t.devices!==r.devices||t.locale!==r.locale||t.user!==r.user||t.connected!==r.connected||t.localize!==r.localize||[...this.#e.values()].some(i=>t.states[i]!==r.states[i])}willUpdate(e){let{hass:t}=this;if(!t||!(e.has("hass")||e.has("_config")))return;let r=e.get("hass");(e.has("_config")||r?.entities!==t.entities)&&(this.#e=Je(t,this._config?.device_id??"")),t.language!==this.#h&&(this.#h=t.language,st(t)),r?.localize!==t.localize&&(this._texts=xe(t))}updated(){this.#d();let{hass:e,_config:t}=this;if(!e||!this._texts||!t?.device_id||this.preview||!e.user?.is_admin||t.record===!1||this._step||Date.now()-this.#i>yt)return;let{charging:r,signature:i,recorded:s}=this.#x(e);if(i==="in_progress")return;let o=[r,i,s].join();o!==this.#p&&(this.#p=o,this.#S(e,t.device_id))}get#m(){return this.renderRoot.querySelector("dmed4-power-trace")}#d=()=>{let{hass:e,_config:t}=this;if(!(this.#a&&document.visibilityState==="visible"&&!this.preview)||!e||!t?.device_id||!this.#e.has("sensor.power")){this.#c();return}this.#r||(this.#r=new G(e.connection,t.device_id,this.#w),this.#r.start(),this.#n=setInterval(this.#E,1e3),this.#A(e))};#c(){this.#r?.stop(),this.#r=void 0,clearInterval(this.#n)}get#l(){return Date.now()+this.#o}#w=e=>{let t=Date.now();this.#o=e.time*1e3-t,this.#i=t,e.power!==null&&this.#t.add(e.time,e.power),this.#u.matches||this.#m?.draw(e.time),!(t-this.#s<Yt)&&(this.#s=t,this._sample=e)};#E=()=>{this._sample&&Date.now()-this.#i>yt&&(this._sample=void 0),this.#m?.draw(this.#l/1e3),this.requestUpdate()};async#A(e){let t=this.#e.get("sensor.power")??"",r=this.#l/1e3-U*60,i=await at(e,t,r);for(let{from:s,to:o,value:d}of i)this.#t.fill(Math.max(s,r),o??this.#l/1e3,d);this.#m?.draw(this.#l/1e3)}async#S(e,t){try{let r=await ge(e,"get_last_record",{device_id:t});this._record=r?_e(r):null}catch(r){r?.translation_key==="no_record"&&(this._record=null)}}async#_(e,t){let{hass:r}=this;if(!r||this._step)return"";this._step=e,this._error=this._startError="",this._done=void 0;try{return await t(r),""}catch(i){return await we(r,i)}finally{this._step=void 0}}async#g(e,t,r,i={}){return this.#_(e,async s=>{let o=this._config?.device_id,d=await ge(s,t,{device_id:o,...i});d?.record&&(this._record=_e(d)),this._done=r})}async#y(e){this._error=await e}get#$(){return this.renderRoot.querySelector("dmed4-start-dialog")}get#b(){return this.renderRoot.querySelector("dialog.confirm")}#R(){this._error=this._startError="",this._done=void 0,this.#$?.open(lt(this._config?.device_id??""))}async#k({detail:e}){let{keepIdentification:t,...r}=e;ct(this._config?.device_id??"",{keepIdentification:t,...r});let i=Object.fromEntries(Object.entries(r).filter(([,s])=>s!==""));this._startError=await this.#g("starting","start_charge_cycle","card.done.started",i),this._startError||this.#$?.close()}#T(){this.#b?.close(),this.#y(this.#g("ending","end_charge_cycle","card.done.ended"))}#x(e){return gt(e,this.#e,this._sample)}render(){let{hass:e,_config:t,_texts:r}=this;if(!e||!t||!r)return h`<ha-card class="loading" aria-busy="true"></ha-card>`;if(!this.#e.has("sensor.measurement_status")){let o=t.device_id?"card.missing.gone":"card.missing.none";return h`<ha-card><div class="empty">${r(o)}</div></ha-card>`}let i=this.#x(e),s=e.user?.is_admin===!0;return h`
      <ha-card class="${i.tone} ${this._step?"busy":""}">
        ${this.#C(e,t,r,i)} ${this.#M(r,i,s)}
        ${this.#O(e,r,i)}
        <dmed4-power-trace
          .buffer=${this.#t}
          .locale=${e.locale}
          .label=${r("card.trace",{minutes:U})}
        ></dmed4-power-trace>
        ${this.#N(e,r,i)} ${this.#P(r)}
        ${s&&t.controls!==!1?this.#H(r,i):l}
        ${s&&t.record!==!1?this.#z(e,r):l}
        ${s&&t.display!==!1?this.#D(e,r,i):l}
      </ha-card>
      ${s&&t.controls!==!1?this.#I(r):l}
    `}#C(e,t,r,i){let s=r(`card.state.${this._step??i.phase}`),o=i.charging?this._record?.identity:void 0;return h`
      <div class="header">
        <div class="badge"><ha-icon icon=${i.icon}></ha-icon></div>
        <div>
          <h2>${t.name??qe(e,t.device_id??"")}</h2>
          <p class="state">
            <b role="status">${s}</b>${o?.data?h`<span> · ${o.data}</span>`:l}
          </p>
        </div>
      </div>
    `}#M(e,t,r){return t.hasProblem?h`
      <div class="banner" role="alert">
        <ha-icon icon="mdi:alert-circle-outline"></ha-icon>
        <div>
          ${t.errors.length?h`${e("card.problem.title")}
                  <ul>
                    ${t.errors.map(i=>h`<li>${i}</li>`)}
                  </ul>`:e("card.problem.unnamed")}
        </div>
        ${r&&t.resettable?h`<button
                ?disabled=${this.#v}
                @click=${()=>{this.#y(this.#g("resetting","reset_errors","card.done.reset"))}}
              >
                ${e("card.action.reset")}
              </button>`:l}
      </div>
    `:l}#O(e,t,r){return h`
      <div class="now">
        <p class="power">
          <span class="visually-hidden">${t("card.figure.power")}</span>
          ${F(e,r.power,2,"kW")}
        </p>
        <dl>
          ${V(t("card.figure.voltage"),F(e,r.voltage,1,"V"))}
          ${V(t("card.figure.current"),F(e,r.current,1,"A"))}
        </dl>
      </div>
    `}#N(e,t,r){let i=r.since===null?null:(this.#l-r.since)/1e3;return!r.charging&&!r.energy&&!r.returned?l:h`
      <dl class="cycle">
        ${V(t(r.charging?"card.figure.energy":"card.figure.last_energy"),F(e,r.energy,2,"kWh"))}
        ${r.returned?V(t("card.figure.returned"),F(e,r.returned,2,"kWh")):l}
        ${i===null?l:V(t("card.figure.duration"),h`${et(i)}`)}
      </dl>
    `}#P(e){return h`
      <div class="visually-hidden" role="status">${this._done?e(this._done):l}</div>
      ${this._error?h`<div class="banner" role="alert">
              <div>${this._error}</div>
              <button
                @click=${()=>{this._error=""}}
              >
                ${e("card.action.close")}
              </button>
            </div>`:l}
    `}get#v(){return this._step!==void 0||this.preview}#H(e,t){let r=this.#v||t.phase==="unavailable";return t.charging?h`
      <div class="commands">
        <button
          ?disabled=${r}
          @click=${()=>{this.#y(this.#g("reading","read_charge_cycle","card.done.read"))}}
        >
          <ha-icon icon="mdi:file-sign"></ha-icon>${e("card.action.read")}
        </button>
        <button class="end" ?disabled=${r} @click=${()=>this.#b?.showModal()}>
          <ha-icon icon="mdi:stop"></ha-icon>${e("card.action.end")}
        </button>
      </div>
    `:h`
        <div class="commands">
          <button
            class="start"
            ?disabled=${r||t.phase==="signing"}
            @click=${()=>{this.#R()}}
          >
            <ha-icon icon="mdi:play"></ha-icon>${e("card.action.start")}
          </button>
        </div>
      `}#z(e,t){let r=this._record;if(r===void 0)return l;if(r===null)return h`<section class="quiet">${t("card.record.none")}</section>`;let{signature:i,time:s,energy:o,pagination:d,identity:a}=r,c=[o===null||r.kind==="begin"?"":`${L(o,3,e.locale)} kWh`,s?tt(s,e):"",a.data].filter(Boolean);return h`
      <section class="record" aria-labelledby="record">
        <ha-icon
          class="verdict ${Jt[i]??""}"
          icon=${Zt[i]??"mdi:shield-off-outline"}
        ></ha-icon>
        <div class="facts">
          <h3 id="record">
            ${t(`card.record.${r.kind}`)}${d?h` · ${d}`:l}
          </h3>
          <p>${t(`card.verdict.${i}`)}</p>
          <p class="quiet">${c.join(" · ")}</p>
        </div>
        <div class="downloads">
          ${r.downloads.map(([p,u])=>h`
              <button
                aria-label=${t("card.action.download",{format:p})}
                title=${t("card.action.download",{format:p})}
                ?disabled=${this.preview}
                @click=${()=>{this.#L(e,u)}}
              >
                <ha-icon icon="mdi:download"></ha-icon>${p}
              </button>
            `)}
        </div>
      </section>
    `}async#L(e,t){try{await Ye(e,t)}catch(r){this._error=await we(e,r)}}#D(e,t,r){let i=this.#e.get("switch.display"),s=this.#e.get("select.display_page"),o=q(e,this.#e,"select.display_page");if(!i||!s||!o)return l;let d=this.#v||r.phase==="unavailable",a=o.attributes.options,c=(p,u,f={})=>{this.#y(this.#_("sending",g=>Ge(g,p,u,f)))};return h`
      <details>
        <summary><ha-icon icon="mdi:monitor"></ha-icon>${t("card.display.title")}</summary>
        <div class="display">
          <label>
            <span class="visually-hidden">${t("card.display.page")}</span>
            <select
              ?disabled=${d}
              @change=${p=>{let u=p.target.value;c("select_option",s,{option:u})}}
            >
              <option value="" disabled .selected=${!a?.includes(o.state)}>
                ${t("card.display.page")}
              </option>
              ${a?.map(p=>h`
                  <option value=${p} .selected=${p===o.state}>
                    ${D(e,"select.display_page",p)}
                  </option>
                `)}
            </select>
          </label>
          <div>
            <button
              ?disabled=${d}
              @click=${()=>{c("turn_on",i)}}
            >
              ${t("card.display.on")}
            </button>
            <button
              ?disabled=${d}
              @click=${()=>{c("turn_off",i)}}
            >
              ${t("card.display.off")}
            </button>
          </div>
        </div>
      </details>
    `}#I(e){return h`
      <dmed4-start-dialog
        .localize=${e}
        .busy=${this._step==="starting"}
        .error=${this._startError}
        @start-charge=${t=>{this.#k(t)}}
      ></dmed4-start-dialog>
      <dialog class="confirm" aria-labelledby="end-title">
        <h2 id="end-title">${e("card.end.title")}</h2>
        <p>${e("card.end.hint")}</p>
        <div class="buttons">
          <button
            @click=${()=>{this.#b?.close()}}
          >
            ${e("card.action.cancel")}
          </button>
          <button
            class="end"
            @click=${()=>{this.#T()}}
          >
            ${e("card.action.end")}
          </button>
        </div>
      </dialog>
    `}};function F(n,e,t,r){return e===null?h`–`:h`${L(e,t,n.locale)} <small>${r}</small>`}function V(n,e){return h`<div>
    <dt>${n}</dt>
    <dd class="figure">${e}</dd>
  </div>`}function bt(n,e){let t=n.entities[e];return t?.platform!==m||!t.device_id||!ye(n).includes(t.device_id)?null:{config:{type:`custom:${I}`,device_id:t.device_id}}}var Xt=["NONE","DENIED","UNDEFINED","ISO14443","ISO15693","EMAID","EVCCID","EVCOID","ISO7812","CARD_TXN_NR","CENTRAL","CENTRAL_1","CENTRAL_2","LOCAL","LOCAL_1","LOCAL_2","PHONE_NUMBER","KEY_CODE"],Qt=["NONE","HEARSAY","TRUSTED","VERIFIED","CERTIFIED","SECURE","MISMATCH","INVALID","OUTDATED","UNKNOWN"],er=40;function Se(n){return/^[\x20-\x7b\x7d\x7e]*$/.test(n)}var te=class extends y{static properties={localize:{attribute:!1},busy:{type:Boolean},error:{type:String},_fields:{state:!0},_checked:{state:!0}};static styles=[Y,J,b`
      form {
        display: grid;
        gap: 16px;
      }
      .row {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(160px, 1fr));
        gap: 16px;
      }
      label {
        display: grid;
        gap: 4px;
        color: var(--secondary-text-color, #5e5e5e);
        font-size: var(--ha-font-size-s, 12px);
      }
      label.check {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 44px;
        color: var(--primary-text-color, #141414);
        font-size: var(--ha-font-size-m, 14px);
        cursor: pointer;
      }
      dialog .error {
        margin: 0;
        padding: 12px;
        border-radius: var(--ha-border-radius-lg, 12px);
        background: var(--ha-color-fill-danger-normal-resting, #ffdedc);
        color: var(--ha-color-on-danger-normal, #b30532);
      }
      .wrong {
        color: var(--ha-color-on-danger-normal, #b30532);
        font-size: var(--ha-font-size-s, 12px);
      }
    `];constructor(){super(),this.busy=!1,this.error="",this._fields=Ee,this._checked=!1}get#e(){return this.renderRoot.querySelector("dialog")}async open(e){this._fields=e,this._checked=!1,await this.updateComplete,this.#e?.showModal()}close(){this.#e?.close()}shouldUpdate(){return this.localize!==void 0}render(){let e=this.localize;return h`
      <dialog aria-labelledby="title" @cancel=${this.#s}>
        <h2 id="title">${e("card.start.title")}</h2>
        <p>${e("card.start.hint")}</p>
        <form method="dialog" novalidate @submit=${this.#i}>
          <div class="row">
            ${this.#t("identification_type","card.start.type","identification_type",Xt)}
            ${this.#t("identification_level","card.start.level","identification_level",Qt)}
          </div>
          ${this.#r("identification_data","card.start.data",er)}
          ${this.#r("tariff_text","card.start.tariff")}
          <label class="check">
            <input
              type="checkbox"
              .checked=${this._fields.keepIdentification}
              @change=${t=>{let{checked:r}=t.target;this._fields={...this._fields,keepIdentification:r}}}
            />
            ${e("card.start.remember")}
          </label>
          ${this.error?h`<p class="error" role="alert">${this.error}</p>`:l}
          <div class="buttons">
            <button
              type="button"
              ?disabled=${this.busy}
              @click=${()=>{this.close()}}
            >
              ${e("card.action.cancel")}
            </button>
            <button class="start" type="submit" ?disabled=${this.busy}>
              ${e(this.busy?"card.state.starting":"card.start.submit")}
            </button>
          </div>
        </form>
      </dialog>
    `}#t(e,t,r,i){let s=this.localize;return h`
      <label
        >${s(t)}
        <select
          name=${e}
          @change=${o=>{this.#n(e,o.target.value)}}
        >
          <option value="" .selected=${this._fields[e]===""}>
            ${s("card.start.from_options")}
          </option>
          ${i.map(o=>h`
              <option value=${o} .selected=${this._fields[e]===o}>
                ${s(`${r}.${o.toLowerCase()}`)}
              </option>
            `)}
        </select>
      </label>
    `}#r(e,t,r){let i=this._fields[e],s=this._checked&&!Se(i);return h`
      <div>
        <label
          >${this.localize(t)}
          <input
            name=${e}
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            maxlength=${r??l}
            aria-invalid=${s}
            aria-describedby="${e}-wrong"
            placeholder=${this.localize("card.start.from_options")}
            .value=${i}
            @input=${o=>{this.#n(e,o.target.value)}}
          />
        </label>
        <span class="wrong" id="${e}-wrong" role="alert"
          >${s?this.localize("card.start.characters"):l}</span
        >
      </div>
    `}#n(e,t){this._fields={...this._fields,[e]:t}}#s(e){this.busy&&e.preventDefault()}#i(e){e.preventDefault();let{identification_data:t,tariff_text:r}=this._fields;this._checked=!0,Se(t)&&Se(r)&&this.dispatchEvent(new CustomEvent("start-charge",{detail:this._fields}))}};function re(n,e){return customElements.get(n)?!1:(customElements.define(n,e),!0)}re("dmed4-power-trace",Q);re("dmed4-start-dialog",te);re(I,ee)&&(window.customCards??=[],window.customCards.push({type:I,name:"LOVATO DMED4 charge card",description:"A meter at a glance: live power, the charge and its signed record",preview:!0,documentationURL:"https://github.com/lovato-dmed4/lovato-dmed4-home-assistant",getEntitySuggestion:bt}));
